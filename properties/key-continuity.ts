// What isolation may not cost: an ordinary session goes on. Judged where an engine has to find the session again: on the next instance,
// after a restart, and under the successor id its own compact returned. Any fault in between excuses it here; history-liveness says for
// how long. Which older messages are shown is the engine's choice, unless it claims history-no-loss.

import { APPLIES, defineClause, type Finding, type Message } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { demandsOf } from "../src/judge/history-newest.js";
import { isShown, isSupplied, saidBy } from "../src/judge/history-shown.js";
import { canariesIn, domainOf, type Index, indexOf, isAmple, nameOf, type Turn, type View } from "../src/judge/index.js";
import { forgetsUnderSuccessor, losesNewestWithInstance } from "./breaks/lost-sessions.js";

/** A turn that has to be found again in a view. */
interface Wanted {
  turn: Turn;
  view: View;
  said: Message[];
  where: "the next instance" | "the successor its own compact returned";
}

const CUTS = new Set([
  "reset",
  "quarantine",
  "history-emptied",
  "unsettled",
  "killed",
  "damage",
  "commit-not-sent",
  "commit-answer-lost",
  "commit-queued",
]);

/** Something happened between two events that excuses an engine: a fault, a reset, a history the host emptied. */
function isCut(index: Index, from: number, to: number): boolean {
  if (index.notes.some((note) => CUTS.has(note.what) && note.i > from && note.i < to)) return true;
  if (index.summariser.some((event) => event.i > from && event.i < to && (event.mode !== "healthy" || event.aborted === true)))
    return true;
  return index.calls.some((call) => call.threw !== undefined && call.end > from && call.end < to);
}

/** First views of next instances: where history-liveness demands the newest turn and nothing at all had gone wrong before. */
function onNextInstance(index: Index): Wanted[] {
  const wanted: Wanted[] = [];
  for (const { turn, view, said, faults, deliveries } of demandsOf(index)) {
    const before = deliveries.at(-1)?.call.event;
    const now = view.call.event;
    if (faults.length > 0 || before === undefined) continue;
    if (before.process === now.process && before.engine === now.engine) continue;
    wanted.push({ turn, view, said, where: "the next instance" });
  }
  return wanted;
}

/** First views under a successor id, if the engine had shown the turn before it moved on. */
function underSuccessor(index: Index): Wanted[] {
  const wanted: Wanted[] = [];
  for (const note of index.notes) {
    if (note.what !== "successor" || note.session === undefined) continue;
    const { alias, resets } = note.session;
    const view = index.views.find((one) => one.call.event.i > note.i && one.session.alias === alias);
    if (view === undefined || view.session.sessionId !== note.detail.to || !isAmple(view, index)) continue;
    const isMine = ({ session }: Turn) => session.alias === alias && session.resets === resets;
    const turn = index.turns.findLast(
      (one) =>
        isMine(one) &&
        one.start.turn.kind === "ordinary" &&
        one.end !== undefined &&
        one.end.i < note.i &&
        one.end.status === "accepted",
    );
    if (turn === undefined || isCut(index, turn.start.i, view.at)) continue;
    const deliveries = turn.deliveries.filter((delivery) => delivery.outcome === "returned" && delivery.at < note.i);
    const said = saidBy(index, turn, deliveries);
    const wasShown = index.views.some(
      (one) => one.at < note.i && one.session.alias === alias && isShown(index, one, said, turn.start.i),
    );
    if (said.length > 0 && wasShown && !isSummedUp(index, turn, view, said))
      wanted.push({ turn, view, said, where: "the successor its own compact returned" });
  }
  return wanted;
}

/**
 * A tick or an announcement came after the turn, and a summariser was given its text: hosts do not always say what is no ordinary turn, so
 * the engine may have kept that newer one, and how much a summary may hold is its own affair.
 */
function isSummedUp(index: Index, turn: Turn, view: View, said: readonly Message[]): boolean {
  const later = index.turns.some(
    (one) =>
      one.session.alias === turn.session.alias &&
      one.session.resets === turn.session.resets &&
      one.start.i > turn.start.i &&
      one.end?.status === "accepted" &&
      one.end.i < view.call.event.i,
  );
  const canaries = canariesIn(said, index.planted);
  const wasGiven = index.summariser.some(
    ({ i, request }) => i > turn.start.i && i < view.at && [...canaries].some((canary) => request.includes(canary)),
  );
  return later && wasGiven;
}

function toFinding(index: Index, { turn, view, said, where }: Wanted): Finding {
  const [canary = "its text"] = canariesIn(said, index.planted);
  const successor = index.notes.findLast(
    (note) => note.what === "successor" && note.i < view.at && note.session?.alias === view.session.alias,
  );
  const restarted = index.notes.findLast((note) => note.what === "restart" && note.i > turn.start.i && note.i < view.at);
  const delivery = turn.deliveries.findLast((one) => one.outcome === "returned" && one.at < view.at);
  const chain = [delivery?.call.event.i, where === "the next instance" ? restarted?.i : successor?.i, view.call.event.i, view.at];
  return {
    message: `The newest accepted turn of ${nameOf(view.session)}, step ${turn.id}, is lost on ${where}.`,
    expected: `the user text or the reply of step ${turn.id} (${canary}), or a summary that covers it`,
    actual: `${plural(view.messages.length, "message")}, none of them from step ${turn.id}`,
    at: view.at,
    blame: chain.filter((at) => at !== undefined),
  };
}

/** For an engine that claims history-no-loss: every earlier ordinary turn as well, as long as nothing was ever compacted. */
function earlierLost(index: Index, { turn, view, where }: Wanted): Finding | undefined {
  const home = domainOf(index, view.session);
  const compacted = index.compactions.some(({ call, session }) => call.event.i < view.at && domainOf(index, session) === home);
  if (compacted || index.notes.some((note) => note.what === "host-compaction" && note.i < view.at)) return undefined;
  const sequence = index.turns.filter(
    (one) => one.session.alias === turn.session.alias && one.session.resets === turn.session.resets && one.start.i < turn.start.i,
  );
  for (const earlier of sequence) {
    if (earlier.start.turn.kind !== "ordinary" || earlier.end?.status !== "accepted") continue;
    const deliveries = earlier.deliveries.filter(
      (delivery) => delivery.outcome === "returned" && delivery.at < view.call.event.i,
    );
    const said = saidBy(index, earlier, deliveries);
    if (said.length === 0 || !isSupplied(index, view, said) || isCut(index, earlier.start.i, view.at)) continue;
    if (!isShown(index, view, said, earlier.start.i)) return toFinding(index, { turn: earlier, view, said, where });
  }
  return undefined;
}

export default defineClause({
  id: "key-continuity",
  title:
    "An ordinary session goes on: its newest accepted turn is there on the next instance, after a restart and under a successor id",
  level: "must",
  who: "engine",
  family: "keys",
  pair: "isolation-tick",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/106",
      says: "state looked up by the runtime id began an empty conversation at every recycle",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/903",
      says: "a cure against leaks cut ordinary sessions off from their history",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "an engine instance lives for one turn; what must survive it is kept outside",
    },
  ],
  bugs: ["policy-key-in-engine", "lcm-uuid-keyed", "lcm-rollover-splits", "lcm-session-end-restart"],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const wanted of [...onNextInstance(index), ...underSuccessor(index)]) {
      if (!isShown(index, wanted.view, wanted.said, wanted.turn.start.i)) findings.push(toFinding(index, wanted));
      else if (subject.claims.includes("history-no-loss")) {
        const lost = earlierLost(index, wanted);
        if (lost !== undefined) findings.push(lost);
      }
    }
    return findings.sort((a, b) => a.at - b.at);
  },
  witness(history) {
    const index = indexOf(history);
    return onNextInstance(index).length + underSuccessor(index).length;
  },
  breaks: [
    {
      id: "key-continuity/by-session-id-alone",
      about: "State is looked up by the session id. compact begins a new id, and the conversation stays with the old one.",
      bugs: ["lcm-uuid-keyed", "lcm-rollover-splits"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: forgetsUnderSuccessor(),
    },
    {
      id: "key-continuity/newest-dies-with-instance",
      about:
        "The newest delivery waits in the instance until the next one comes; dispose does not write it, and the next instance knows nothing of it.",
      recorded: "a durable host makes a new instance for every logical turn and disposes it at its end",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      base: "window",
      minimalSteps: 2,
      wrap: losesNewestWithInstance(),
    },
  ],
});
