// Judges what is left of an engine after a recovery that was exhausted: by the twin without that turn, whatever works there works here.
// A later compact may well find less to do than in the twin; only where it had at least the same raw material must it do as well.

import {
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  type History,
  type Step,
  type TwinPlay,
} from "../src/define/index.js";
import { leftOutOf } from "../src/judge/completeness.js";
import { faultOf } from "../src/judge/faults.js";
import {
  type Call,
  type Compaction,
  type Index,
  indexOf,
  isEmptyMessage,
  messageKey,
  sizeOf,
  type Turn,
  withoutSteps,
  withStep,
} from "../src/judge/index.js";
import { asksToCompact } from "../src/judge/reach.js";
import { firstViewAfter, isCrowded, lastViewBefore, threadOf, wasSaid } from "../src/judge/thread.js";
import { isDelegated } from "../src/judge/upsets.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

/** Messages: three turns beyond the newest eight, which an engine may keep as they are (compact-effective). */
const MANY = 22;

const isRecovery = ({ call }: Compaction) => call.event.phase === "compact-overflow" || call.event.phase === "compact-precheck";

/** Turns that were lost to an overflow after compact had been asked, with steps after them. */
function exhaustedIn(history: History): Turn[] {
  const index = indexOf(history);
  const own = new Set(history.case.steps.map((step: Step) => step.id));
  return index.turns.filter((turn) => {
    const { end } = turn;
    if (end === undefined || (end.status !== "failed" && end.status !== "refused") || !own.has(turn.start.step)) return false;
    if (isCrowded(index, { session: turn.session, turn: turn.start.turn, at: turn.start.i })) return false;
    return turn.compactions.some(isRecovery) && !turn.calls.some((call) => call.threw !== undefined);
  });
}

const withoutName = (id: string) => `without ${id}`;
const recoveringName = (id: string) => `recovering ${id}`;

/** The lost turn, won after its first overflow: where every compact succeeded, the turn's absence would leave far more to compact later. */
function recoveringStep(step: Step | undefined): Step | undefined {
  if ((step?.kind !== "turn" && step?.kind !== "tick") || step.provider.mode !== "scripted") return undefined;
  const first = step.provider.answers.indexOf("overflow");
  const more = step.provider.answers.filter((answer) => answer === "overflow").length;
  if (first < 0 || more < 2) return undefined;
  return { ...step, provider: { ...step.provider, answers: step.provider.answers.slice(0, first + 1) } };
}

/** Same place in both plays: step, method, phase, and the how-manieth of them. */
function placesOf(index: Index): Map<string, Call> {
  const places = new Map<string, Call>();
  const counts = new Map<string, number>();
  for (const call of index.calls) {
    const { step, method, phase, session } = call.event;
    const name = [step, method, phase, session?.alias ?? ""].join("|");
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    places.set(`${name}|${nth}`, call);
  }
  return places;
}

function stopped(index: Index): number {
  return index.notes.find((note) => note.what === "quarantine" || note.what === "killed")?.i ?? index.history.events.length;
}

function brokenCall(call: Call, twin: Call | undefined): string | undefined {
  if (call.threw?.cause === "engine" && twin?.returned !== undefined)
    return `threw ${call.threw.error.name}: ${call.threw.error.message}`;
  return undefined;
}

/** What a compact has to work with: the host's own messages in the last view before it, and the size of that view with all its notes. */
interface Material {
  said: Set<string>;
  tokens: number;
}

/** Of a `whole` one nothing was cut that could be compacted, too. */
function materialOf(index: Index, compaction: Compaction, whole: boolean): Material | undefined {
  const view = lastViewBefore(index, threadOf(index, compaction.session), compaction.call.event.i);
  if (view === undefined || (whole && leftOutOf(index, view).length > 0)) return undefined;
  const said = view.messages.filter((message) => !isEmptyMessage(message) && wasSaid(index, view.session, message, view.at));
  return { said: new Set(said.map(messageKey)), tokens: sizeOf(view.messages) };
}

/** At least what the twin had; after a `recovering` twin, which digested other texts, so much that no protected tail accounts for it. */
function isAsMuch(mine: Material, theirs: Material, recovering: boolean): boolean {
  if (recovering) return mine.said.size >= MANY;
  // Two replies: of two whole turns one is older than the newest, however failed turns around them are counted.
  const replies = [...theirs.said].filter((key) => key.startsWith("assistant|"));
  return replies.length >= 2 && mine.tokens >= theirs.tokens && [...theirs.said].every((key) => mine.said.has(key));
}

/** What a second compact of one turn finds to do hangs on how much the first one did, and that on every token there was. */
const isFirstOfTurn = (index: Index, { call, turn }: Compaction): boolean =>
  !index.compactions.some(
    (other) =>
      other.turn !== undefined &&
      other.turn.id === turn?.id &&
      other.call.event.i < call.event.i &&
      other.outcome === "compacted",
  );

/** Whether a compact took out something that was seen before it: not just what views do not show, which the lost turn's compacts may have had. */
function tookOut(index: Index, { session, call }: Compaction, { said }: Material): boolean {
  const next = firstViewAfter(index, threadOf(index, session), call.end);
  if (next === undefined || isDelegated(index, call)) return false;
  const left = new Set(next.messages.map(messageKey));
  return [...said].some((key) => !left.has(key));
}

/** A compact that did nothing here, though its twin did something with no more than what was here, too. */
function refusedCompact(index: Index, compaction: Compaction, twinIndex: Index, twinCall: Call | undefined, recovering: boolean) {
  const twin = twinIndex.compactions.find((entry) => entry.call === twinCall);
  if (twin?.outcome !== "compacted" || (compaction.outcome !== "nothing" && compaction.outcome !== "failed")) return undefined;
  if (!isFirstOfTurn(index, compaction) || !isFirstOfTurn(twinIndex, twin)) return undefined;
  const mine = materialOf(index, compaction, false);
  const theirs = materialOf(twinIndex, twin, true);
  if (mine === undefined || theirs === undefined || !isAsMuch(mine, theirs, recovering)) return undefined;
  if (!tookOut(twinIndex, twin, theirs)) return undefined;
  return `answered ${JSON.stringify(compaction.call.returned?.result).slice(0, 160)}`;
}

function latchFinding(history: History, twin: TwinPlay, protectedTail: number): Finding | undefined {
  const index = indexOf(history);
  const other = indexOf(twin.history);
  const turn = exhaustedIn(history).find(({ start }) =>
    [withoutName(start.step), recoveringName(start.step)].includes(twin.name),
  );
  if (turn?.end === undefined) return undefined;
  const recovering = twin.name === recoveringName(turn.start.step);
  // A declared tail may keep more as it is than MANY allows for.
  if (recovering && protectedTail > 0) return undefined;
  const theirs = placesOf(other);
  const ends = { mine: stopped(index), theirs: stopped(other) };
  for (const [place, call] of placesOf(index)) {
    if (call.event.i < turn.end.i || call.end > ends.mine || faultOf(index, call) !== undefined) continue;
    const peer = theirs.get(place);
    if (peer !== undefined && peer.end > ends.theirs) continue;
    const { session, turn: about, i, method, step } = call.event;
    if (session !== undefined && isCrowded(index, { session, turn: about, at: i })) continue;
    const compaction = index.compactions.find((entry) => entry.call === call);
    const actual =
      brokenCall(call, peer) ??
      (compaction === undefined ? undefined : refusedCompact(index, compaction, other, peer, recovering));
    if (actual === undefined) continue;
    const last = turn.compactions.at(-1);
    return {
      message: `After the exhausted recovery in step ${turn.start.step}, ${method} in step ${step} no longer works.`,
      expected: `as ${recovering ? `where step ${turn.start.step} recovers at once` : `without step ${turn.start.step}`}: ${JSON.stringify(peer?.returned?.result ?? null).slice(0, 160)}`,
      actual,
      at: call.end,
      blame: [...(last === undefined ? [] : [last.call.event.i, last.call.end]), turn.end.i, call.event.i, call.end],
    };
  }
  return undefined;
}

const isOverflow = (params: CompactParams) => params.runtimeContext?.trigger === "overflow";

export default defineClause({
  id: "recovery-no-latch",
  title: "A recovery that was exhausted is over with its turn: the session and every other go on as if it had not been",
  level: "must",
  who: "engine",
  family: "compaction",
  pair: "recovery-bounded",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "one heartbeat that overflowed poisoned every later one on its key",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/858",
      says: "a sweep that hit its deadline opened a long backoff; compact then did nothing, even by hand",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/639",
      says: "an exhausted compaction stayed pending and degraded every later assemble",
    },
  ],
  bugs: ["lcm-progress-punished", "lcm-deferred-wedge", "lcm-failure-advances"],
  applies: (_subject, facts) => asksToCompact(facts),
  twins(theCase, history) {
    const all = exhaustedIn(history);
    const { compactions } = indexOf(history);
    const followedBy = (shows: (one: Compaction) => boolean) =>
      all.filter(({ end }) => compactions.some((one) => isRecovery(one) && one.call.event.i > (end?.i ?? 0) && shows(one)));
    // What a latch does shows best in a later overflow, and where that got nothing, the first loss is the likeliest cause of it.
    const [likely] = followedBy(({ outcome }) => outcome !== "compacted");
    const tested = followedBy(() => true);
    const turns = tested.length > 0 ? tested : all;
    const turn = likely ?? turns[Math.abs(theCase.seed) % Math.max(1, turns.length)];
    if (turn === undefined || turn.start.step === theCase.steps.at(-1)?.id) return [];
    const id = turn.start.step;
    const without = { name: withoutName(id), theCase: withoutSteps(theCase, new Set([id])) };
    const recovering = recoveringStep(theCase.steps.find((step) => step.id === id));
    return recovering === undefined ? [without] : [without, { name: recoveringName(id), theCase: withStep(theCase, recovering) }];
  },
  check: (history, twins, { adapter }) =>
    twins.flatMap((twin) => latchFinding(history, twin, adapter.protectedTailMessages ?? 0) ?? []),
  witness(history) {
    const index = indexOf(history);
    return exhaustedIn(history).filter((turn) =>
      index.turns.some((later) => later.start.i > (turn.end?.i ?? Number.POSITIVE_INFINITY)),
    ).length;
  },
  breaks: [
    {
      id: "recovery-no-latch/circuit-stays-open",
      about:
        "A compact that could not help an overflowed turn opens a circuit breaker for its session; nothing ever closes it again.",
      bugs: ["lcm-progress-punished"],
      minimalSteps: 4,
      wrap: withMethods((engine, { disk }) => ({
        compact: async (params: CompactParams) => {
          if (disk.read(sessionName(params), false)) return { ok: false, compacted: false, reason: "circuit open" };
          const answer = await engine.compact(params);
          if (!answer.compacted && isOverflow(params)) disk.write(sessionName(params), true);
          return answer;
        },
      })),
    },
    {
      id: "recovery-no-latch/progress-punished",
      about:
        "A second compact in one turn is taken for a storm, though the first made progress: the session backs off, and never comes back.",
      bugs: ["lcm-progress-punished"],
      wrap: withMethods((engine, { disk }) => ({
        compact: async (params: CompactParams) => {
          if (disk.read(sessionName(params), false)) return { ok: true, compacted: false, reason: "backoff" };
          const answer = await engine.compact(params);
          if ((params.runtimeContext?.attempt ?? 0) >= 2) disk.write(sessionName(params), true);
          return answer;
        },
      })),
    },
    {
      id: "recovery-no-latch/exhausted-for-all",
      about:
        "A compact that could not help marks the engine as exhausted, in memory and for every session: later instances throw.",
      bugs: ["lcm-deferred-wedge"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => {
        const exhausted = memory.has("exhausted");
        return {
          compact: async (params: CompactParams) => {
            const answer = await engine.compact(params);
            if (!answer.compacted && isOverflow(params)) memory.set("exhausted", true);
            return answer;
          },
          assemble: async (params: AssembleParams) => {
            if (exhausted) throw new Error("recovery exhausted");
            return engine.assemble(params);
          },
        };
      }),
    },
  ],
});
