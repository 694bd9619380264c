// Toy engines for the shrinker's tests: small state machines over steps whose smallest failing programs are known.

import type { Case, ProfileId, Step } from "../../define/index.js";
import type { Played } from "./verdicts.js";

export interface Toy {
  name: string;
  profile: ProfileId;
  /** Steps of the smallest failing program. */
  least: number;
  play(theCase: Case): Played;
}

type Talking = Extract<Step, { kind: "turn" | "tick" }>;
const overflows = (step: Talking) =>
  step.provider.mode === "scripted" ? step.provider.answers.filter((a) => a === "overflow").length : 0;
const failed = (step: Talking) =>
  step.provider.mode === "scripted" && step.provider.answers.some((a) => a === "error" || a === "abort");
const baseOf = (theCase: Case, lane: string) => {
  const found = theCase.settings.lanes[lane];
  return found?.kind === "heartbeat" ? found.session : undefined;
};

/** A toy that sees steps one by one and never skips. */
const watch = (observe: (theCase: Case) => (step: Step) => boolean) => (theCase: Case) => {
  const see = observe(theCase);
  let violated = false;
  for (const step of theCase.steps) violated = see(step) || violated;
  return { violated, skipped: [] };
};

export const TOYS: Toy[] = [
  {
    name: "an isolated tick, an overflowing turn, a second isolated tick of that lane",
    profile: "openclaw-2026.9",
    least: 3,
    play: watch(() => {
      const seen = new Set<string>();
      const poisoned = new Set<string>();
      return (step) => {
        if (step.kind === "turn" && overflows(step) > 0) for (const lane of seen) poisoned.add(lane);
        if (step.kind !== "tick" || !step.isolated || failed(step)) return false;
        seen.add(step.lane);
        return poisoned.has(step.lane);
      };
    }),
  },
  {
    name: "five steps in order",
    profile: "openclaw-2026.7",
    least: 5,
    play: watch(() => {
      const reached = new Map<string, number>();
      return (step) => {
        const order = ["turn", "reset", "restart", "tick", "turn"];
        const sessions = "session" in step ? [step.session] : [...reached.keys()];
        for (const session of sessions) {
          const at = reached.get(session) ?? 0;
          if (order[at] === step.kind && (step.kind !== "tick" || step.isolated)) reached.set(session, at + 1);
          if (reached.get(session) === order.length) return true;
        }
        return false;
      };
    }),
  },
  {
    name: "three overflows and a compaction in one session, a tick in another",
    profile: "openclaw-2026.9",
    least: 3,
    play: watch((theCase) => {
      const count = new Map<string, number>();
      const compacted = new Set<string>();
      return (step) => {
        if (step.kind === "turn") count.set(step.session, (count.get(step.session) ?? 0) + overflows(step));
        if (step.kind === "compact" && (count.get(step.session) ?? 0) >= 3) compacted.add(step.session);
        return step.kind === "tick" && [...compacted].some((session) => session !== baseOf(theCase, step.lane));
      };
    }),
  },
  {
    name: "an even number of turns, at least two, before a tick (needs pairs)",
    profile: "openclaw-2026.9",
    least: 3,
    play: (theCase) => {
      const turns = theCase.steps.filter((step) => step.kind === "turn").length;
      const ticks = theCase.steps.some((step) => step.kind === "tick");
      return { violated: ticks && turns >= 2 && turns % 2 === 0, skipped: [] };
    },
  },
  {
    name: "a late commit, its turn, and the session's next turn",
    profile: "heartbeat-run-durable",
    least: 3,
    play: (theCase) => {
      const announced = new Set<string>();
      const owed = new Set<string>();
      const skipped: string[] = [];
      let violated = false;
      const ids = theCase.steps.map((step) => step.id);
      for (const step of theCase.steps) {
        if (step.kind === "late" && step.fault === "answer-lost" && ids.includes(step.delivery)) announced.add(step.delivery);
        else if (step.kind === "late") skipped.push(step.id);
        if (step.kind !== "turn") continue;
        if (owed.has(step.session)) violated = true;
        if (announced.has(step.id)) owed.add(step.session);
      }
      return { violated, skipped };
    },
  },
  {
    name: "a hundred and eighty tokens before a compaction",
    profile: "openclaw-2026.5",
    least: 2,
    play: watch(() => {
      const tokens = new Map<string, number>();
      return (step) => {
        if (step.kind === "turn") tokens.set(step.session, (tokens.get(step.session) ?? 0) + step.text.tokens + step.replyTokens);
        return step.kind === "compact" && (tokens.get(step.session) ?? 0) >= 180;
      };
    }),
  },
];
