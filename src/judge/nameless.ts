// Histories that open with an answer which nobody can tell from a later one: nothing in it, a marker, an acknowledgement. No recorded host
// gives one (its histories open with a user's words or a summary); an import may. Where such an answer belongs cannot be told from its words.

import type { SessionRef } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { canariesIn } from "./texts.js";
import { threadOf } from "./thread.js";

/** Only by what the host itself supplied: a later assemble of a turn may be fed the engine's own view. */
function opensNameless(index: Index, { supplied, call }: View): boolean {
  if (call.event.phase !== "assemble-first") return false;
  const user = supplied.findIndex(({ role }) => role === "user");
  const head = user < 0 ? supplied : supplied.slice(0, user);
  return head.some((message) => message.role === "assistant" && canariesIn(message, index.planted).size === 0);
}

/** Whether a view of this session up to an event was given such a history: what the engine made of it may have stayed. */
export function hadNamelessHead(index: Index, session: SessionRef, before: number): boolean {
  const thread = threadOf(index, session);
  return index.views.some(
    (view) => view.call.event.i <= before && threadOf(index, view.session) === thread && opensNameless(index, view),
  );
}
