// Judges whether a forced compact gets anywhere when there is plenty to compact. What it says is believed here; compact-honest checks it.
// A must for engines that own compaction, a should for others that neither delegate nor pass messages through.

import {
  APPLIES,
  type Applicability,
  type CompactParams,
  defineClause,
  type Facts,
  type Finding,
  type History,
  notApplicable,
  type Subject,
} from "../src/define/index.js";
import { indexOf } from "../src/judge/index.js";
import { type LongCompact, longCompacts, NEWEST_TURNS } from "../src/judge/long-compacts.js";
import { asksToCompact, never } from "../src/judge/reach.js";
import { withMethods } from "./breaks/history-wraps.js";

/** The long compacts of engines that hold what they could compact. */
const chancesIn = (history: History, subject: Subject): LongCompact[] =>
  longCompacts(indexOf(history), subject.adapter.protectedTailMessages ?? 0).filter(({ owned }) => owned);

/** Long compacts of sessions the engine never made its own, by which it is taken for one that never holds so much. */
const MANY_FOREIGN = 5;

function applies(subject: Subject, facts: Facts): Applicability {
  const asked = asksToCompact(facts);
  if (never(facts, "compact.long") && (facts["compact.long-foreign"] ?? 0) >= MANY_FOREIGN)
    return notApplicable("no view ever showed so much of a session as the engine's own that a compact had plenty to do");
  if (!asked.applies || subject.claims.includes("compact-effective")) return asked;
  if (never(facts, "view.dropped"))
    return notApplicable("the engine neither owns compaction nor drops anything: it passes messages through");
  const itself = !never(facts, "compact.true") && never(facts, "note.host-compaction");
  if (never(facts, "summariser.call") && !itself)
    return notApplicable("the engine does not own compaction and never compacts by itself");
  return APPLIES;
}

/** The answer of an engine that finds nothing to do. */
const NOTHING = { ok: true, compacted: false, reason: "no-messages" };

export default defineClause({
  id: "compact-effective",
  title: "A forced compact of a long session makes progress with nothing but the parameters the contract requires",
  level: "claim",
  unclaimed: "should",
  who: "engine",
  family: "compaction",
  pair: "compact-honest",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "who owns compaction is the only one to compact; a compact that does nothing is unsafe even in an engine that does not",
    },
    {
      url: "https://github.com/RobertoGongora/openclaw-graphiti-plugin/issues/15",
      says: "compact looked for messages that no host sends, and skipped",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/351",
      says: "currentTokenCount may be absent; forced recovery gave up without it",
    },
  ],
  bugs: [
    "graphiti-compact-noop",
    "lcm-overflow-needs-count",
    "tencent-compact-no-key",
    "lcm-forced-noop",
    "lcm-progress-punished",
    "lcm-ignored-unbounded",
  ],
  applies,
  check(history, _twins, subject) {
    const owns = subject.claims.includes("compact-effective");
    return chancesIn(history, subject).flatMap(({ compaction, seenAt, material }): Finding[] => {
      const { call, outcome } = compaction;
      if (outcome !== "nothing" && outcome !== "failed") return [];
      const answer = JSON.stringify(call.returned?.result) ?? "nothing";
      const finding: Finding = {
        message: `A forced compact in step ${call.event.step} did nothing, although the session is long.`,
        expected: `compacted: true; ${material.messages} messages (about ${material.tokens} tokens) are older than the newest ${NEWEST_TURNS} turns`,
        actual: answer.slice(0, 200),
        at: call.end,
        blame: [seenAt, call.event.i, call.end],
      };
      return [owns ? finding : { ...finding, level: "should" }];
    });
  },
  witness(history, _twins, subject) {
    return chancesIn(history, subject).length;
  },
  breaks: [
    {
      id: "compact-effective/wants-messages",
      about: "compact works on params.messages, which hosts do not send, and skips when it is absent.",
      bugs: ["graphiti-compact-noop"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams & { messages?: unknown }) =>
          params.messages === undefined ? NOTHING : engine.compact(params),
      })),
    },
    {
      id: "compact-effective/wants-a-count",
      about:
        "Without currentTokenCount there is no telling whether compaction is needed, so compact returns early, forced or not.",
      bugs: ["lcm-overflow-needs-count"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams) => (params.currentTokenCount === undefined ? NOTHING : engine.compact(params)),
      })),
    },
    {
      id: "compact-effective/wants-a-key",
      about: "State is found by session key alone; a host that was told not to send one is refused.",
      bugs: ["tencent-compact-no-key"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        info: { ...engine.info, acceptedHostParams: ["prompt", "runtimeContext", "abortSignal"] },
        compact: async (params: CompactParams) =>
          params.sessionKey === undefined
            ? { ok: false, compacted: false, reason: "no_session_manager" }
            : engine.compact(params),
      })),
    },
  ],
});
