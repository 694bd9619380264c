// Small stand-ins for tests of the campaign: cases that are a list of turns, a host that makes one assemble per step, clauses that look at
// numbers. An engine is nothing here; what it "does" follows from the case.

import {
  APPLIES,
  CASE_FORMAT,
  type CallEvent,
  type Case,
  type Clause,
  type Event,
  type Finding,
  type History,
  type LoadedEngine,
  type Step,
} from "../define/index.js";
import { shrinkCase } from "../generate/index.js";
import type { Loaded, Parts } from "./parts.js";

/** A turn of so many tokens. */
export function turn(id: string, tokens: number, at = 0): Step {
  return {
    id,
    at,
    kind: "turn",
    session: "A",
    via: "rpc",
    text: { form: "plain", tokens },
    reply: "text",
    replyTokens: 12,
    tools: [],
    provider: { mode: "scripted", answers: [] },
  };
}

export function caseOf(steps: Step[], host: Case["host"] = "openclaw-2026.9", seed = 1): Case {
  const settings = {
    keys: { A: "agent:main:main" },
    lanes: {},
    window: 8_000,
    reserve: 1_000,
    summariser: "healthy" as const,
    safeguard: false,
  };
  return { format: CASE_FORMAT, host, seed, settings, steps };
}

/** Case k: k % 7 + 1 turns; the i-th one has (k * 10 + i) tokens. */
export function stubCase(seed: number, k: number, host: Case["host"]): Case {
  const steps = Array.from({ length: (k % 7) + 1 }, (_, i) => turn(`s${i + 1}`, k * 10 + i, i * 1_000));
  return caseOf(steps, host, seed);
}

const tokensOf = (step: Step): number => (step.kind === "turn" ? step.text.tokens : 0);

/** One assemble per step; the answer says how many tokens the step had, plus whatever `noise` adds. */
export function stubHistory(theCase: Case, noise: (step: Step) => number = () => 0): History {
  const events: Event[] = [];
  for (const [at, step] of theCase.steps.entries()) {
    const call: CallEvent = {
      i: events.length,
      step: step.id,
      kind: "call",
      call: at + 1,
      engine: 1,
      process: 1,
      method: "assemble",
      phase: "assemble-first",
      names: [],
      params: {},
    };
    events.push(call, {
      i: events.length + 1,
      step: step.id,
      kind: "return",
      call: at + 1,
      result: tokensOf(step) + noise(step),
    });
  }
  return { case: theCase, events, probes: [] };
}

export function findingAt(at: number, message: string, level?: "should"): Finding {
  return { message, expected: "less", actual: "more", at, blame: [at], ...(level === undefined ? {} : { level }) };
}

export function stubClause(id: string, about: Partial<Clause> = {}): Clause {
  return {
    id,
    title: `${id} holds`,
    level: "must",
    who: "engine",
    family: "contract",
    source: [],
    bugs: [],
    applies: () => APPLIES,
    check: () => [],
    witness: (history) => history.events.length,
    breaks: [],
    ...about,
  };
}

/** Violated by every answer of at least `limit`. */
export function limitClause(id: string, limit: number, about: Partial<Clause> = {}): Clause {
  return stubClause(id, {
    check: (history) =>
      history.events.flatMap((event) =>
        event.kind === "return" && Number(event.result) >= limit
          ? [findingAt(event.i, `${event.step} answered ${String(event.result)}`)]
          : [],
      ),
    ...about,
  });
}

/** The twin is the case without its last step; what is wrong with it is said by `differs`. */
export function twinClause(id: string, differs: (history: History, twin: History) => boolean): Clause {
  return stubClause(id, {
    twins: (theCase) =>
      theCase.steps.length > 1
        ? [{ name: "without the last step", theCase: { ...theCase, steps: theCase.steps.slice(0, -1) } }]
        : [],
    check: (history, twins) =>
      twins.flatMap((twin) => (differs(history, twin.history) ? [findingAt(0, "the twin differs")] : [])),
    witness: (_history, twins) => twins.length,
  });
}

export const stubEngine: LoadedEngine = {
  id: "stub",
  name: "Stub",
  version: "1.2.3",
  source: "stub",
  kind: "in-process",
  digest: "",
  adapter: { factory: () => Promise.reject(new Error("never made")) },
  notes: ["a note"],
  touched: [],
  sdk: {},
  hostVersions: {},
};

export const stubLoaded: Loaded = {
  engine: stubEngine,
  declared: { info: { id: "stub", name: "Stub" }, methods: ["assemble", "compact", "ingest"] },
};

/** Where two histories of the same case differ, by their answers. */
export function answersDiffer(first: History, second: History): string | undefined {
  const answers = (history: History) => history.events.flatMap((event) => (event.kind === "return" ? [event.result] : []));
  return JSON.stringify(answers(first)) === JSON.stringify(answers(second)) ? undefined : "the answers differ";
}

export function stubParts(clauses: Clause[], about: Partial<Parts> = {}): Parts {
  return {
    clauses: async () => clauses,
    clause: async (id) => clauses.find((clause) => clause.id === id),
    caseFor: stubCase,
    generatorVersion: "test",
    play: async (theCase) => stubHistory(theCase),
    factsOf: (history) => ({ "call.assemble": history.events.length / 2, "edge.bootstrap->assemble@ordinary": 1 }),
    difference: answersDiffer,
    load: async () => stubLoaded,
    shrink: shrinkCase,
    hostsFor: ({ requested }) => ({
      hosts: (["openclaw-2026.9", "heartbeat-run-durable"] as const)
        .filter((id) => requested?.includes(id) ?? true)
        .map((id) => ({ id, reason: "fits" })),
      skipped: [{ id: "heartbeat-run", reason: "does not fit" }],
    }),
    ...about,
  };
}
