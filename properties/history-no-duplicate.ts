// No message stands in a view more often than it was supplied or delivered. Hosts hand the same message over again and again:
// a retried commit, a file at bootstrap, a redelivery after an overflow. Whether anything is missing is history-no-loss.

import {
  type AfterTurnParams,
  type AnyMessage,
  APPLIES,
  type CommitTurnParams,
  defineClause,
  type Finding,
  type SessionParams,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { carriedBetween, chainOf } from "../src/judge/history-chain.js";
import { type Excess, excessCopies } from "../src/judge/history-copies.js";
import { findingAt, type Index, indexOf, originName, recallFor, shownAt, shownIn, shownName } from "../src/judge/index.js";
import { messageKey } from "../src/judge/texts.js";
import { assembleWith, ingestAll, sessionName, withMethods } from "./breaks/history-wraps.js";

/** The copies bear different call ids: hosts write the ids of tool calls anew in later histories, so an id tells no message. */
function idsOf({ shown, message }: Excess): string {
  const copies = shown.view.messages.filter((one) => messageKey(one) === messageKey(message));
  const ids = new Set(copies.flatMap(callIds));
  return ids.size > 1 && ids.size >= copies.length
    ? `; their call ids differ (${[...ids].slice(0, 4).join(", ")}): later histories bear ids written anew`
    : "";
}

function callIds({ role, content, toolCallId }: AnyMessage): string[] {
  if (role === "toolResult") return typeof toolCallId === "string" ? [toolCallId] : [];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: { type?: unknown; id?: unknown } | null) =>
    part?.type === "toolCall" && typeof part.id === "string" ? [part.id] : [],
  );
}

function toFinding(index: Index, excess: Excess): Finding {
  const { shown, canary, copies, bound, carriers, message, form } = excess;
  const end = shownAt(index, shown);
  const first = carriers[0];
  const carried = first === undefined ? [] : carriedBetween(index, shown.view.session, first.at, end);
  const view = shown.kind === "view" ? [shown.view.call.event.i, shown.view.at] : [];
  const most = bound === 1 ? "one copy" : `${bound} copies`;
  const repeats = carriers.filter(({ call }) => call.event.phase === "repeat").length;
  const how = form === "real" ? "" : ", exact repeats of a call left out";
  return {
    message: `${capital(shownName(shown))} holds ${copies} copies of one ${String(message.role)} message: ${canary}, ${originName(index, canary)}.`,
    expected: `at most ${most}: no call supplied more, and no more deliveries carried it${how}`,
    actual: `${copies} copies; ${plural(carriers.length, "delivery call")} carried it${repeats === 0 ? "" : `, ${repeats} of them an exact repeat of an earlier call`}${idsOf(excess)}`,
    at: findingAt(index, shown),
    blame: chainOf(...carriers.slice(0, 4).map((delivery) => delivery.call.event.i), ...carried, ...view),
    ...(form === "artificial" ? { level: "should" as const } : {}),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export default defineClause({
  id: "history-no-duplicate",
  title: "A message never stands in a view more often than the host supplied or delivered it",
  level: "must",
  who: "engine",
  family: "history",
  pair: "history-no-loss",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "commitTurn is one atomic, idempotent write keyed by its advancement key, and the host retries it until it is acknowledged.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/640",
      says: "An engine that is made anew over a conversation it already holds must not append the earlier messages again.",
    },
  ],
  bugs: [
    "lcm-conv642",
    "finalizer-replays",
    "lcm-restart-reingest",
    "lcm-maintain-checkpoint",
    "lcm-bootstrap-replay",
    "lcm-redacted-twin",
    "lcm-safeguard-twin",
    "lcm-delivery-mirror",
    "lcm-whitespace-twin",
    "lcm-commit-twin",
    "live-turn-twice",
    "graphmem-exclusive-hooks",
  ],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const told = new Set<string>();
    const found: Excess[] = [];
    for (const shown of shownIn(index)) {
      for (const excess of excessCopies(index, shown, recallFor(subject, shown.view.session)?.isRecalled)) {
        const name = `${excess.form} ${shown.view.session.sessionId} ${excess.canary}`;
        if (!told.has(name)) found.push(excess);
        told.add(name);
      }
    }
    const worstFirst = [...found.filter((one) => one.form === "real"), ...found.filter((one) => one.form === "artificial")];
    return worstFirst.slice(0, 5).map((excess) => toFinding(index, excess));
  },
  witness(history) {
    const index = indexOf(history);
    return index.views.filter((view) => {
      const before = view.call.event.i;
      for (const canary of view.suppliedCanaries) {
        if (view.canaries.has(canary) && (index.deliveredAt.get(canary) ?? before) < before) return true;
      }
      return false;
    }).length;
  },
  breaks: [
    {
      id: "history-no-duplicate/first-after-restart",
      about: "The first afterTurn of a process ignores prePromptMessageCount and stores the assembled view once more.",
      bugs: ["lcm-restart-reingest"],
      hosts: ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 3,
      wrap: withMethods((engine, { memory, disk }) => ({
        afterTurn: async (params: AfterTurnParams) => {
          const name = sessionName(params);
          const known = disk.read(name, false);
          const rebuilt = known && !memory.has(name);
          memory.set(name, true);
          disk.write(name, true);
          await engine.afterTurn?.(rebuilt ? { ...params, prePromptMessageCount: 0 } : params);
        },
      })),
    },
    {
      id: "history-no-duplicate/finaliser-replays",
      about: "Within one run every afterTurn starts again at the first prePromptMessageCount, so eager and final slices overlap.",
      bugs: ["finalizer-replays"],
      hosts: ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 1,
      wrap: withMethods((engine) => {
        let first: number | undefined;
        return {
          afterTurn: async (params: AfterTurnParams) => {
            first ??= params.prePromptMessageCount;
            await engine.afterTurn?.({ ...params, prePromptMessageCount: Math.min(first, params.prePromptMessageCount) });
          },
        };
      }),
    },
    {
      id: "history-no-duplicate/bootstrap-appends",
      about: "bootstrap of a known conversation is not read-only: it appends the newest stored turn again as new messages.",
      bugs: ["lcm-bootstrap-replay", "lcm-maintain-checkpoint"],
      hosts: ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 1,
      wrap: withMethods((engine, { disk }) => ({
        afterTurn: async (params: AfterTurnParams) => {
          disk.write(sessionName(params), params.messages.slice(params.prePromptMessageCount));
          await engine.afterTurn?.(params);
        },
        bootstrap: async (params: SessionParams) => {
          await ingestAll(engine, params, disk.read(sessionName(params), []), 1);
          return (await engine.bootstrap?.(params)) ?? { bootstrapped: true };
        },
      })),
    },
    {
      id: "history-no-duplicate/commit-twin",
      about:
        "A retried or repeated commit is recognised by its key, but its messages are stored once more through the ingest path.",
      bugs: ["lcm-commit-twin"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((engine, { disk }) => ({
        commitTurn: async (params: CommitTurnParams) => {
          const again = disk.read(params.advancementKey, false);
          disk.write(params.advancementKey, true);
          if (again) await ingestAll(engine, params, params.messages, 1);
          return engine.commitTurn?.(params);
        },
      })),
    },
    {
      id: "history-no-duplicate/live-turn-twice",
      about: "assemble puts the newest two live messages behind the stored ones without looking whether they are stored already.",
      bugs: ["live-turn-twice", "lcm-conv642"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: (params: Parameters<typeof engine.assemble>[0]) =>
          assembleWith(engine, params, (messages) => [
            ...messages,
            ...params.messages.slice(-2).map((message) => ({ ...message })),
          ]),
      })),
    },
    {
      id: "history-no-duplicate/overlay-keeps-both",
      about: "The overlay shows the host's newest message twice: once in its kept tail and once in the live part.",
      bugs: ["lcm-safeguard-twin"],
      base: "overlay",
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: (params: Parameters<typeof engine.assemble>[0]) =>
          assembleWith(engine, params, (messages) => {
            const tail = messages.at(-1);
            return tail === undefined ? messages : [...messages, tail];
          }),
      })),
    },
  ],
});
