// The table of step kinds: under which hosts a kind may stand, how much it is worth at this moment, and how it is written.
// Weights are 0 where the world says that the host would only skip the step.

import type { StepKind } from "../define/index.js";
import { type Around, lookAround } from "./around.js";
import type { Author, Beat } from "./author.js";
import { killAnything } from "./kill-draw.js";
import { overlapAnything } from "./overlap-draw.js";

export interface KindRule {
  /** Lifecycles of hosts under which the kind means something. */
  lifecycle: "any" | "durable" | "classic";
  /** 0: not possible, or not worth it, now. */
  weight(author: Author, around: Around): number;
  write(author: Author, around: Around): void;
}

/** The session of the last turn, or another one, or a lane. */
function turnPlace({ draw, habits, steps }: Author, { sessions, turnLanes }: Around): string {
  if (turnLanes.length > 0 && draw.chance(habits.laneTurn)) return draw.pick(turnLanes);
  const last = steps.at(-1);
  if (last?.kind === "turn" && sessions.includes(last.session) && draw.chance(habits.stay)) return last.session;
  return draw.pick(sessions);
}

/** Announces that the commit of a step fails, and promises that step. */
function writeLate(author: Author, around: Around): void {
  const { draw } = author;
  const id = author.newId();
  author.late({ delivery: id });
  const sound = { id, provider: { mode: "scripted" as const, answers: [] } };
  const lane = around.heartbeats.length > 0 && draw.chance(0.5) ? draw.pick(around.heartbeats) : undefined;
  const session = turnPlace(author, around);
  const beat: Beat = lane === undefined ? (a) => a.turn({ session, ...sound }) : (a) => a.tick({ lane, ...sound });
  author.due.push({ inSteps: draw.pick([0, 0, 0, 1, 2]), beat });
}

/** The weight while fewer than `most` steps of the kind stand in the case. */
const upTo = (most: number, author: Author, kind: StepKind, weight: number) => (author.world.count(kind) < most ? weight : 0);

export const KIND_RULES: Record<StepKind, KindRule> = {
  turn: {
    lifecycle: "any",
    weight: (_, { sessions }) => (sessions.length > 0 ? 11 : 0),
    write: (author, around) => author.turn({ session: turnPlace(author, around) }),
  },
  tick: {
    lifecycle: "any",
    weight: (_, { heartbeats }) => (heartbeats.length > 0 ? 6 : 0),
    write: (author, { heartbeats }) => author.tick({ lane: author.draw.pick(heartbeats) }),
  },
  compact: {
    lifecycle: "any",
    weight: (_, { known, full }) => (full.length > 0 ? 2.4 : known.length > 0 ? 0.8 : 0),
    write: (author, { known, full }) => {
      author.compact({ session: author.draw.pick(full.length > 0 && author.draw.chance(0.7) ? full : known) });
    },
  },
  reset: {
    lifecycle: "any",
    weight: (_, { resettable }) => (resettable.length > 0 ? 0.9 : 0),
    write: (author, { resettable }) => author.reset({ session: author.draw.pick(resettable) }),
  },
  restart: {
    lifecycle: "any",
    weight: (author) => upTo(8, author, "restart", author.world.stepsSinceRestart > 0 ? 1.1 : 0.2),
    write: (author) => {
      const hard =
        author.caseClass === "hard-restart" && !author.steps.some((step) => step.kind === "restart" && step.mode === "hard");
      author.restart({ mode: hard ? "hard" : "soft" });
    },
  },
  kill: {
    lifecycle: "any",
    weight: (author) => (author.caseClass === "kill" ? upTo(4, author, "kill", 5) : 0),
    write: killAnything,
  },
  late: {
    lifecycle: "durable",
    weight: (_, { sessions }) => (sessions.length > 0 ? 1.3 : 0),
    write: writeLate,
  },
  repeat: {
    lifecycle: "any",
    weight: (_, { delivered }) => (delivered.length > 0 ? 1 : 0),
    write: (author, { delivered }) => {
      const { deliveries } = author.world.party(author.draw.pick(delivered));
      author.repeat({ delivery: author.draw.pick(author.draw.chance(0.6) ? deliveries.slice(-2) : deliveries) });
    },
  },
  spawn: {
    lifecycle: "any",
    weight: (author, { known }) => (known.length > 0 ? upTo(5, author, "spawn", 1) : 0),
    write: (author, { known }) => author.spawn({ parent: author.draw.pick(known) }),
  },
  import: {
    lifecycle: "any",
    weight: (author, { unused }) => (unused.length > 0 ? upTo(2, author, "import", author.length === 0 ? 4 : 2.2) : 0),
    write: (author, { unused }) => author.importHistory({ session: author.draw.pick(unused) }),
  },
  damage: {
    lifecycle: "classic",
    weight: (author, { known }) => (known.length > 0 ? upTo(4, author, "damage", 0.7) : 0),
    write: (author, { known }) => author.damage({ session: author.draw.pick(known) }),
  },
  clock: {
    lifecycle: "any",
    weight: (author) => upTo(5, author, "clock", 0.7),
    write: (author) => author.clock(),
  },
  overlap: {
    lifecycle: "any",
    weight: (author, { sessions }) => (author.caseClass === "overlap" && sessions.length > 0 ? upTo(8, author, "overlap", 8) : 0),
    write: overlapAnything,
  },
};
const KINDS = Object.keys(KIND_RULES) as StepKind[];

/** Writes one random step that uses only aliases of `scope`; false where nothing is possible. `only` narrows the kinds. */
export function writeAnything(author: Author, scope: readonly string[], only: readonly StepKind[] = KINDS): boolean {
  const around = lookAround(author, scope);
  const choices: [StepKind, number][] = [];
  for (const kind of only) {
    const rule = KIND_RULES[kind];
    if (rule.lifecycle !== "any" && rule.lifecycle !== author.profile.lifecycle) continue;
    const again = kind === author.world.lastKind && kind !== "turn" && kind !== "tick" ? 0.5 : 1;
    const weight = rule.weight(author, around) * (author.habits.weights[kind] ?? 1) * again;
    if (weight > 0) choices.push([kind, weight]);
  }
  if (choices.length === 0) return false;
  KIND_RULES[author.draw.weighted(choices)].write(author, around);
  return true;
}
