// Draws what overlaps in time: turns of different sessions, or a turn, a shared tick and a compaction of one session.
// The order in which pending calls settle is a list of numbers in the case, so that it replays.

import type { Around } from "./around.js";
import type { Author, Beat } from "./author.js";

/** Writes one overlap of two to four steps, in one session or in several. */
export function overlapAnything(author: Author, { sessions, heartbeats }: Around): void {
  const { draw, world } = author;
  const together = sessions.length === 1 || draw.chance(0.4);
  const chosen = together ? [draw.pick(sessions)] : draw.shuffle(sessions).slice(0, draw.int(2, 3));
  const beats: Beat[] = chosen.map((session) => (a) => a.turn({ session }));
  const lanes = heartbeats.filter((alias) => chosen.includes(world.party(alias).base ?? ""));
  if (lanes.length > 0 && draw.chance(0.5)) beats.push((a) => a.tick({ lane: draw.pick(lanes) }));
  const known = chosen.filter((alias) => world.party(alias).turns > 0);
  if (known.length > 0 && draw.chance(0.35)) beats.push((a) => a.compact({ session: draw.pick(known), trigger: "manual" }));
  const first = chosen[0] ?? draw.pick(sessions);
  if (beats.length < 2) beats.push((a) => a.turn({ session: first }));
  author.overlap(draw.shuffle(beats));
}
