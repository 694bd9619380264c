// After a reset the old conversation stays away. Only resets an engine could notice are judged: under a classic host the session id is
// new; under a durable one key and id stay, and the signs are another lifecycle revision and an empty history over stored content.
// (`messages` cannot be projected away, so no declaration hides both signs.)

import { APPLIES, defineClause, type Finding, type HostNoteEvent, notApplicable, type SessionRef } from "../src/define/index.js";
import {
  type Call,
  domainOf,
  handedTo,
  type Index,
  indexOf,
  leakFinding,
  plantsOf,
  recallFor,
  unsupplied,
  type View,
} from "../src/judge/index.js";
import { canariesIn } from "../src/judge/texts.js";
import { rowsShared } from "./breaks/leaky-store.js";
import { summarySurvives } from "./breaks/reset-survivors.js";

interface Reset {
  note: HostNoteEvent;
  session: SessionRef;
  /** Event index of the call that showed it to the engine. */
  seen: number;
  /** Views of the renewed session from there on. */
  views: View[];
}

const isSame = (index: Index, a: SessionRef, b: SessionRef) => a.alias === b.alias && domainOf(index, a) === domainOf(index, b);

function revisionOf(params: Record<string, unknown>): unknown {
  return (params.sessionTarget as { expectedLifecycleRevision?: unknown } | null | undefined)?.expectedLifecycleRevision;
}

/**
 * The host showed this session's history under its id, or would have: of turns answered by silent acknowledgements alone it shows nothing, reset
 * or not, and a successor begins with an empty history over stored content.
 */
function hadHistory(index: Index, note: HostNoteEvent, session: SessionRef): boolean {
  const isBefore = (other: SessionRef, at: number) =>
    at < note.i && other.resets < session.resets && other.sessionId === session.sessionId && isSame(index, other, session);
  return (
    index.views.some(
      ({ session: other, at, call: { event } }) =>
        isBefore(other, at) && event.phase === "assemble-first" && (event.messages ?? []).length > 0,
    ) ||
    index.deliveries.some(
      ({ session: other, at, messages }) =>
        isBefore(other, at) &&
        messages.some((message) => message.role === "assistant" && canariesIn(message, index.planted).size > 0),
    )
  );
}

/** The engine's process was not ended in it. */
const cameThrough = ({ returned, threw }: Call): boolean => returned !== undefined || threw?.cause === "engine";

/** The first call after the reset by which the engine could notice it, and that it lived to use. */
function sightOf(index: Index, note: HostNoteEvent, session: SessionRef, lifecycle: "durable" | "classic"): number | undefined {
  let known: unknown;
  const emptied = hadHistory(index, note, session);
  for (const call of index.calls) {
    const { event } = call;
    if (event.session === undefined || event.session.alias !== session.alias || !isSame(index, event.session, session)) continue;
    const revision = revisionOf(event.params);
    if (event.i < note.i) {
      if (typeof revision === "string" && event.session.sessionId === session.sessionId) known = revision;
    } else if (event.session.resets === session.resets && cameThrough(call)) {
      if (lifecycle === "classic" && event.session.sessionId === session.sessionId) return event.i;
      if (lifecycle === "classic") continue;
      if (event.method === "bootstrap" && known !== undefined && typeof revision === "string" && revision !== known)
        return event.i;
      if (emptied && event.phase === "assemble-first" && event.turn?.attempt === 1 && event.messages?.length === 0)
        return event.i;
    }
  }
  return undefined;
}

function resetsIn(index: Index, lifecycle: "durable" | "classic"): Reset[] {
  const resets: Reset[] = [];
  for (const note of index.notes) {
    const { session } = note;
    if (note.what !== "reset" || session === undefined || session.isolatedLane !== undefined) continue;
    const seen = sightOf(index, note, session, lifecycle);
    if (seen === undefined) continue;
    const views = index.views.filter(
      (view) => view.call.event.i >= seen && view.session.resets >= session.resets && isSame(index, view.session, session),
    );
    resets.push({ note, session, seen, views });
  }
  return resets;
}

/** The text occurred before the reset and never since: not planted, not spoken, not handed over. */
function isOld(index: Index, canary: string, reset: Reset, at: number): boolean {
  const plants = plantsOf(index, canary).filter((plant) => plant.i < at);
  if (!plants.some((plant) => plant.i < reset.note.i && isSame(index, plant.session, reset.session))) return false;
  if (plants.some((plant) => plant.i > reset.note.i)) return false;
  const spoken = index.turns.some(
    ({ start }) => start.i > reset.note.i && start.i < at && (start.userText.includes(canary) || start.prompt.includes(canary)),
  );
  return !spoken && !handedTo(index, canary).some((entry) => entry.call.event.i > reset.note.i && entry.call.event.i < at);
}

function hasContentBefore(index: Index, reset: Reset): boolean {
  return index.deliveries.some(
    (delivery) => delivery.at < reset.note.i && delivery.canaries.size > 0 && isSame(index, delivery.session, reset.session),
  );
}

export default defineClause({
  id: "isolation-reset",
  title: "After a reset a session shows nothing that was said only before it",
  level: "should",
  who: "engine",
  family: "isolation",
  pair: "history-liveness",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/262",
      says: "a reset keeps the key; the engine brought every old summary back into the fresh session",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/612",
      says: "facts from before the reset were answered as current",
    },
    {
      url: "https://github.com/volcengine/OpenViking/issues/4884",
      says: "the storage id does not change at a reset, and the archived summary came back",
    },
  ],
  bugs: [
    "lcm-stale-replay",
    "lcm-ambiguous-adopt",
    "lcm-new-carries-all",
    "lcm-reset-no-hook",
    "ov-reset-replay",
    "hook-stale-view",
    "libravdb-reset-race",
  ],
  applies: ({ adapter }) =>
    adapter.keepsAcrossReset === true ? notApplicable("the adapter declares that content is kept across a reset") : APPLIES,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const reset of resetsIn(index, subject.profile.lifecycle)) {
      for (const view of reset.views) {
        const shown = { kind: "view", view } as const;
        const canary = unsupplied(index, shown, recallFor(subject, view.session)).find((one) =>
          isOld(index, one, reset, view.at),
        );
        if (canary === undefined) continue;
        const finding = leakFinding(
          index,
          shown,
          canary,
          "nothing that was said only before the reset",
          "that was said before the reset",
        );
        const blame = [...new Set([...finding.blame, reset.note.i, reset.seen])].sort((a, b) => a - b);
        findings.push({
          ...finding,
          blame,
          level: "should",
        });
      }
    }
    return findings.sort((a, b) => a.at - b.at);
  },
  witness(history, _twins, { profile }) {
    const index = indexOf(history);
    const resets = resetsIn(index, profile.lifecycle).filter((reset) => hasContentBefore(index, reset));
    return resets.reduce((sum, reset) => sum + reset.views.length, 0);
  },
  breaks: [
    {
      id: "isolation-reset/rows-by-key",
      about: "The conversation is found by key; a reset keeps the key, so the rows from before are still its rows.",
      bugs: ["lcm-new-carries-all", "lcm-reset-no-hook"],
      minimalSteps: 3,
      wrap: rowsShared({
        slot: ({ key }) => key,
        shows: (_row, now, { messages }) => messages.length === 0 && !/:(?:heartbeat|cron|subagent)\b/.test(now.key),
      }),
    },
    {
      id: "isolation-reset/stitched-onto-old",
      about:
        "A new session id and file under a known key is adopted into the old conversation: its view begins with the old rows.",
      bugs: ["lcm-ambiguous-adopt"],
      base: "classic-import",
      hosts: ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 3,
      wrap: rowsShared({
        slot: ({ key }) => key,
        shows: (row, now) => row.id !== now.id && !/:(?:heartbeat|cron|subagent)/.test(now.key),
      }),
    },
    {
      id: "isolation-reset/summary-survives",
      about: "The messages go at a reset, the archived summary of the last compaction is kept under the key and shown again.",
      bugs: ["ov-reset-replay"],
      minimalSteps: 4,
      wrap: summarySurvives(),
    },
  ],
});
