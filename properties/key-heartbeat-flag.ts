// Judges the host: deliveries say whether they are a heartbeat where the release says it at all. Engines drop heartbeats by this flag.

import { APPLIES, defineClause, type Finding, type HostPolicy, type Profile } from "../src/define/index.js";
import { type Call, type Delivery, indexOf } from "../src/judge/index.js";

const NAME = "isHeartbeat";

/** Deliveries on which a profile with the flag passes it. */
function mustCarry(delivery: Delivery, profile: Profile): boolean {
  return delivery.call.event.method === (profile.lifecycle === "durable" ? "commitTurn" : "afterTurn");
}

function valueFinding(delivery: Delivery, profile: Profile): Finding | undefined {
  const { event } = delivery.call;
  const given = event.params[NAME];
  const present = event.names.includes(NAME) && given !== undefined;
  if (given === delivery.heartbeat || (!present && !mustCarry(delivery, profile))) return undefined;
  return {
    message: `${event.method} of the ${delivery.turn.kind} turn ${delivery.turn.id} ${present ? "carries the wrong heartbeat flag" : "does not say whether it is a heartbeat"}.`,
    expected: `isHeartbeat: ${delivery.heartbeat}`,
    actual: present ? `isHeartbeat: ${String(given)}` : "no isHeartbeat",
    at: event.i,
    blame: [event.i],
  };
}

function absentFinding(call: Call, profile: Profile): Finding | undefined {
  if (!call.event.names.includes(NAME)) return undefined;
  return {
    message: `${call.event.method} (${call.event.phase}) carries isHeartbeat, which ${profile.title} does not know.`,
    expected: "no isHeartbeat in any call",
    actual: `isHeartbeat: ${String(call.event.params[NAME])}`,
    at: call.event.i,
    blame: [call.event.i],
  };
}

export default defineClause({
  id: "key-heartbeat-flag",
  title:
    "Where the release passes it, isHeartbeat is true on a heartbeat's deliveries and false on others; elsewhere it is absent",
  level: "must",
  who: "host",
  family: "keys",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/issues/89302",
      says: "no run path passed the flag, so engines that skip heartbeats stored them as user turns",
    },
    { url: "https://docs.openclaw.ai/concepts/context-engine", says: "isHeartbeat marks a run that a heartbeat started" },
  ],
  bugs: ["hb-flag-missing"],
  applies: () => APPLIES,
  check(history, _twins, { profile }) {
    const index = indexOf(history);
    const findings = profile.heartbeatFlag
      ? index.deliveries.map((delivery) => valueFinding(delivery, profile))
      : index.calls.map((call) => absentFinding(call, profile));
    return findings.filter((finding) => finding !== undefined);
  },
  witness(history) {
    const { deliveries } = indexOf(history);
    const heartbeats = deliveries.filter((delivery) => delivery.heartbeat).length;
    return Math.min(heartbeats, deliveries.length - heartbeats);
  },
  breaks: [
    {
      id: "key-heartbeat-flag/never-sent",
      about: "The host declares the flag and no run path passes it.",
      bugs: ["hb-flag-missing"],
      hosts: ["openclaw-2026.9", "openclaw-2026.7", "heartbeat-run-durable"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({ ...policy, heartbeatFlag: () => undefined }),
    },
    {
      id: "key-heartbeat-flag/always-false",
      about: "Every delivery says false, a heartbeat's too.",
      bugs: ["hb-flag-missing"],
      hosts: ["openclaw-2026.9", "openclaw-2026.7", "heartbeat-run-durable"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({ ...policy, heartbeatFlag: ({ supported }) => (supported ? false : undefined) }),
    },
    {
      id: "key-heartbeat-flag/sent-too-early",
      about: "The name appears under a release that does not know it.",
      recorded: "no call of 2026.5 says that a run is a heartbeat",
      hosts: ["openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({ ...policy, heartbeatFlag: ({ heartbeat }) => heartbeat }),
    },
  ],
});
