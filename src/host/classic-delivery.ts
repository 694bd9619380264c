// How a classic host tells an engine what is new: afterTurn, else ingestBatch, else ingest once per message.

import type { Message } from "../define/index.js";
import type { Host } from "./host.js";
import type { About, Instance } from "./port.js";
import type { TurnPlan } from "./turn-plan.js";

export interface ClassicDelivery {
  about: About;
  /** The engine's view followed by what is new. */
  messages: Message[];
  /** Where what is new starts. */
  from: number;
  /** What afterTurn carries beside the classic names. */
  extra: object;
}

/** False when a call threw. An empty delta reaches afterTurn only. */
export async function deliver(host: Host, instance: Instance, plan: TurnPlan, delivery: ClassicDelivery): Promise<boolean> {
  const { about, messages, from } = delivery;
  const ref = about.session ?? host.ref(plan.session, plan.kind, about.phase);
  const { port } = host;
  const flag = host.policy.heartbeatFlag({ heartbeat: plan.heartbeat, supported: host.profile.heartbeatFlag });
  const heard = flag !== undefined ? { isHeartbeat: flag } : {};
  if (port.has(instance, "afterTurn")) {
    const params = {
      ...host.identity(ref),
      messages,
      prePromptMessageCount: from,
      tokenBudget: host.window,
      ...heard,
      runtimeContext: host.context(plan.session),
      ...delivery.extra,
    };
    if (about.turn) host.lastDelivery.set(plan.stepId, { method: "afterTurn", params, session: ref, turn: about.turn, from });
    return (await port.call(instance, "afterTurn", params, { ...about, deliveredFrom: from })).status === "returned";
  }
  const fresh = messages.slice(from);
  if (fresh.length === 0) return true;
  if (port.has(instance, "ingestBatch")) {
    const params = { ...host.identity(ref), messages: fresh, ...heard };
    if (about.turn)
      host.lastDelivery.set(plan.stepId, { method: "ingestBatch", params, session: ref, turn: about.turn, from: 0 });
    return (await port.call(instance, "ingestBatch", params, { ...about, deliveredFrom: 0 })).status === "returned";
  }
  for (const message of fresh) {
    const params = { ...host.identity(ref), message, ...heard };
    if (about.turn) host.lastDelivery.set(plan.stepId, { method: "ingest", params, session: ref, turn: about.turn, from: 0 });
    if ((await port.call(instance, "ingest", params, { ...about, deliveredFrom: 0 })).status === "threw") return false;
  }
  return true;
}
