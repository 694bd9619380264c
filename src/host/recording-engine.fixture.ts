// A conforming do-nothing engine and small cases for the host's own tests.

import type { Case, ContextEngine, EngineAdapter, Event, History, ProfileId, Step } from "../define/index.js";

export function passThrough(changes: Partial<ContextEngine> = {}, owns = true): EngineAdapter {
  return {
    factory: () => ({
      info: {
        id: "pass",
        name: "Pass",
        ownsCompaction: owns,
        transcriptSemantics: {
          currentTurnFence: "before-current-turn-entry-v1",
          turnAdvancementIdempotency: "atomic-idempotent-v1",
        },
      },
      ingest: async () => ({ ingested: true }),
      assemble: async ({ messages }) => ({ messages: messages.map((message) => ({ ...message })), estimatedTokens: 0 }),
      compact: async () => ({ ok: true, compacted: true }),
      bootstrap: async () => ({ bootstrapped: true }),
      maintain: async () => ({ changed: false, bytesFreed: 0, rewrittenEntries: 0 }),
      afterTurn: async () => {},
      commitTurn: async () => ({ status: "committed" }),
      dispose: async () => {},
      ...changes,
    }),
  };
}

const START = 1_767_600_000_000;
const TALK = { reply: "text", replyTokens: 12, tools: [], provider: { mode: "scripted", answers: [] } } as const;

type Loose = Record<string, unknown> & { kind: Step["kind"] };

/** Steps with ids s1, s2, … a minute apart; turns and ticks get harmless defaults. */
export function caseOf(host: ProfileId, steps: Loose[], settings: Partial<Case["settings"]> = {}): Case {
  const full = steps.map((step, n) => {
    const base = { id: `s${n + 1}`, at: START + n * 60_000 };
    if (step.kind === "turn") return { ...base, session: "a", via: "rpc", text: { form: "plain", tokens: 20 }, ...TALK, ...step };
    if (step.kind === "tick") return { ...base, lane: "hb", isolated: true, wakeKey: "none", ...TALK, ...step };
    return { ...base, ...step };
  });
  const keys = { a: "agent:main:a", b: "agent:main:b" };
  const lanes = { hb: { kind: "heartbeat" as const, session: "a" } };
  const defaults = { keys, lanes, window: 8_000, reserve: 1_000, summariser: "healthy" as const, safeguard: false };
  return { format: "ctxspec-case/1", host, seed: 7, settings: { ...defaults, ...settings }, steps: full as unknown as Step[] };
}

/** The calls as "method" or "method@step", in order. */
export const methodsOf = (history: History, keep: (event: Extract<Event, { kind: "call" }>) => boolean = () => true): string[] =>
  history.events.flatMap((event) => (event.kind === "call" && keep(event) ? [event.method] : []));

export const callsOf = (history: History) =>
  history.events.filter((event): event is Extract<Event, { kind: "call" }> => event.kind === "call");
