// Puts a case together: habits, settings, then steps until the drawn length, random ones or an aim's essential ones among them.
// Everything is drawn from one stream, so the same order of draws gives the same case for ever (GENERATOR_VERSION says since when).

import { CASE_FORMAT, type Case, type ProfileId, type StepKind } from "../define/index.js";
import type { Aim } from "./aims/aim.js";
import { Author } from "./author.js";
import type { CaseClass } from "./classes.js";
import { drawHabits, type Mix } from "./habits.js";
import { writeAnything } from "./kinds.js";
import type { Draw } from "./random.js";
import { drawSettings } from "./stage.js";

export interface Order {
  profile: ProfileId;
  caseSeed: number;
  caseClass: CaseClass;
  /** Absent: half of the cases each. */
  mix?: Mix;
  /** Embedded in the case, if given. */
  aim?: Aim;
}

/** Steps of a random case: 1 to 80, about 25 on average. */
function drawLength(draw: Draw): number {
  const [from, to] = draw.weighted([
    [[1, 8], 20],
    [[9, 30], 44],
    [[31, 60], 29],
    [[61, 80], 7],
  ] as const);
  return draw.int(from, to);
}

/** Writes one step: a promised one when its time has come, else a random one. */
function writeNext(author: Author, scope: readonly string[], only?: readonly StepKind[]): boolean {
  const ready = author.due.findIndex(({ inSteps }) => inSteps <= 0);
  for (const promise of author.due) promise.inSteps -= 1;
  if (ready < 0) return writeAnything(author, scope, only);
  author.due.splice(ready, 1)[0]?.beat(author);
  return true;
}

function keepPromises(author: Author): void {
  while (author.due.length > 0) author.due.shift()?.beat(author);
}

function playRandom(author: Author): void {
  const everyone = [...author.world.parties.keys()];
  const { draw, caseClass } = author;
  const length = Math.max(drawLength(draw), caseClass === "hard-restart" ? 4 : 1);
  if (caseClass === "hard-restart")
    author.due.push({ inSteps: draw.int(2, length - 2), beat: (a) => a.restart({ mode: "hard" }) });
  while (author.length + author.due.length < length) if (!writeNext(author, everyone)) break;
  keepPromises(author);
}

/** What may happen between essential steps: it concerns other sessions, and restarts nothing. */
const CALM_KINDS: readonly StepKind[] = ["turn", "tick", "compact", "reset", "spawn", "import", "clock"];

function playAim(author: Author, aim: Aim): void {
  const { draw } = author;
  const everyone = [...author.world.parties.keys()];
  const bystanders = everyone.filter((alias) => !aim.focus.includes(alias));
  const calm = (most: number) => {
    for (let left = draw.int(0, most); left > 0; left--) if (!writeNext(author, bystanders, CALM_KINDS)) break;
  };
  const beats = aim.beats(draw, author.profile);
  calm(aim.lead ?? 3);
  for (const beat of beats) {
    if (draw.chance(beats.length > 12 ? 0.05 : 0.3)) calm(aim.between ?? 2);
    keepPromises(author);
    beat(author);
  }
  for (let left = draw.int(0, 6); left > 0; left--) writeNext(author, everyone);
  keepPromises(author);
}

/** One case, drawn from `draw`. */
export function composeCase(draw: Draw, order: Order): Case {
  const mix = order.mix ?? (draw.chance(0.5) ? "full" : "swarm");
  const habits = drawHabits(draw, order.aim === undefined ? mix : "full");
  const settings = drawSettings(draw, order.profile, order.aim && { summariser: "healthy", ...order.aim.needs });
  const author = new Author(draw, order.profile, settings, habits, order.caseClass);
  if (order.aim === undefined) playRandom(author);
  else playAim(author, order.aim);
  return {
    format: CASE_FORMAT,
    host: order.profile,
    seed: order.caseSeed,
    settings: order.aim === undefined ? settings : { ...settings, aim: order.aim.name },
    steps: author.finish(),
  };
}
