// Where an engine keeps its state: in the directories it is given, or in its process as well. A host has one process for one store, so both
// are right; but a worker plays one case after the other, and what an engine still knows of the last one would show in the next as a leak.
// Found out by playing one small case, and cases in which the engine differed from itself, twice in fresh directories: an engine that answers otherwise the second time when both plays share a
// process, and the same when each has its own, gets a process for every case.

import { CASE_FORMAT, type Case, type ProfileId, type Step } from "../define/index.js";
import type { Crew } from "./crew.js";
import type { Description, EngineSource } from "./protocol.js";
import { given, isLost, type TaskBase, taskOf } from "./tasks.js";

/** What the report says of it. */
export const ALONE_NOTE =
  "keeps state in its process beyond the directories it is given: every case is played in a process of its own, which takes longer";

const TALK = { reply: "text" as const, replyTokens: 12, tools: [], provider: { mode: "scripted" as const, answers: [] } };

function turn(id: string, at: number, session: string): Step {
  return { id, at, kind: "turn", session, via: "rpc", text: { form: "plain", tokens: 20 }, ...TALK };
}

function tick(id: string, at: number): Step {
  return { id, at, kind: "tick", lane: "hb", isolated: true, wakeKey: "none", ...TALK };
}

/** A little of everything that leaves something behind. */
export function trialCase(host: ProfileId): Case {
  return {
    format: CASE_FORMAT,
    host,
    seed: 20_260_105,
    settings: {
      keys: { A: "agent:main:main", B: "agent:main:other" },
      lanes: { hb: { kind: "heartbeat", session: "A" } },
      window: 32_000,
      reserve: 1_000,
      summariser: "healthy",
      safeguard: false,
    },
    steps: [
      turn("s1", 1_767_600_000_000, "A"),
      tick("s2", 1_767_600_060_000),
      turn("s3", 1_767_600_120_000, "B"),
      { id: "s4", at: 1_767_600_180_000, kind: "compact", session: "A", trigger: "manual" },
      turn("s5", 1_767_600_240_000, "A"),
      tick("s6", 1_767_600_300_000),
    ],
  };
}

/**
 * The source as its cases are to be played: asked once something was seen that may come of an earlier case. `seen`: cases in which the engine
 * differed from itself; some keep state only once a session is long. A lost process decides nothing, and neither does an engine that does
 * not repeat itself in processes of its own.
 */
export async function settleIn(
  crew: Crew,
  base: TaskBase,
  description: Description,
  host: ProfileId,
  seen: readonly Case[] = [],
): Promise<EngineSource> {
  const { source } = base;
  if (crew.kind !== "workers" || source.kind !== "engine" || description.kind === "built-in" || source.alone) return source;
  const repeats = async (played: EngineSource, theCase: Case): Promise<boolean | undefined> => {
    const wish = { target: given(theCase), clauses: [], twins: "none", again: true } as const;
    const outcome = await crew.run(taskOf({ ...base, source: played }, { ...wish, clauses: [] }), "probe");
    return isLost(outcome) ? undefined : outcome.unstable === undefined;
  };
  const alone: EngineSource = { ...source, alone: true };
  for (const theCase of [trialCase(host), ...seen]) {
    if ((await repeats(source, theCase)) === false && (await repeats(alone, theCase)) === true) return alone;
  }
  return source;
}

/** Whether `settleIn` gave it a process for every case. */
export const isAlone = (source: EngineSource): boolean => source.kind === "engine" && source.alone === true;
