// Draws where the process dies: between two steps, or before, in or after one engine call of the step that follows.
// A call that never comes makes the host skip the kill, so guesses are cheap.

import type { StepOf } from "../define/index.js";
import type { Around } from "./around.js";
import type { Author } from "./author.js";

type Point = StepOf<"kill">["point"];
type Moment = Extract<Point, { where: "call" }>["when"];

function drawMoment(author: Author): Moment {
  const { draw } = author;
  return draw.weighted<() => Moment>([
    [() => ({ moment: "before" }), 2],
    [() => ({ moment: "after" }), 3],
    [() => ({ moment: "write", n: draw.pick([1, 1, 2, 2, 3, 4, 6, 10]) }), 4],
    [() => ({ moment: "elapsed", ms: draw.pick([0, 1, 2, 5, 20]) }), 1],
  ])();
}

/** Methods worth dying in, the deliveries first. */
export function deathsFor(lifecycle: "durable" | "classic"): readonly string[] {
  return lifecycle === "durable"
    ? ["commitTurn", "commitTurn", "commitTurn", "assemble", "bootstrap", "maintain", "compact"]
    : ["afterTurn", "afterTurn", "ingestBatch", "ingest", "assemble", "bootstrap", "maintain", "compact"];
}

/** Writes a kill; where it names a call, the step that makes the call comes next. */
export function killAnything(author: Author, { sessions }: Around): void {
  const { draw } = author;
  if (sessions.length === 0 || draw.chance(0.4)) {
    author.kill({ point: { where: "boundary" } });
    if (draw.chance(0.1)) author.due.push({ inSteps: 0, beat: (a) => a.restart() });
    return;
  }
  const id = author.newId();
  const method = draw.pick(deathsFor(author.profile.lifecycle));
  const nth = draw.pick([1, 1, 1, 2]);
  author.kill({ point: { where: "call", step: id, method, nth, when: drawMoment(author) } });
  const session = draw.pick(sessions);
  const answers = method === "compact" ? (["overflow"] as const) : ([] as const);
  author.due.push({ inSteps: 0, beat: (a) => a.turn({ session, id, provider: { mode: "scripted", answers: [...answers] } }) });
}
