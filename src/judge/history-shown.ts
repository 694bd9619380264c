// Whether a view still shows what a turn brought. Lenient where hosts and engines reshape texts: a message of the same role that carries
// the canary counts, because hosts merge neighbours and engines shorten; the canary stands within the first 40 characters.

import type { AnyMessage, Message } from "../define/index.js";
import type { Delivery, Index, Turn, View } from "./facts.js";
import { related } from "./history-copies.js";
import { candidatesIn, isEmptyMessage, normalText, textOf } from "./texts.js";

/** The user text and the replies that the deliveries of a turn brought. Failed and empty assistants, tools and host-made kinds are left out. */
export function saidBy(index: Index, turn: Turn, deliveries: readonly Delivery[]): Message[] {
  const said: Message[] = [];
  for (const delivery of deliveries) {
    for (const message of delivery.messages) if (isOwn(index, turn, message)) said.push(message);
  }
  return said;
}

/** A slice may begin with messages of an earlier turn: only what was planted in this turn, or holds its user text, is its own. */
export function isOwn(index: Index, turn: Turn, message: Message): boolean {
  if (isEmptyMessage(message)) return false;
  if (message.role === "user") {
    if (plantedIn(index, turn, message)) return true;
    const own = normalText(turn.start.userText ?? "");
    return own !== "" && normalText(textOf(message)).includes(own);
  }
  if (message.role !== "assistant" || message.stopReason === "error" || message.stopReason === "aborted") return false;
  return message.content.some((part) => part.type === "text" && part.text.trim() !== "") && plantedIn(index, turn, message);
}

function plantedIn(index: Index, turn: Turn, message: Message): boolean {
  return candidatesIn(message).some((canary) => index.plants.get(canary)?.some((plant) => plant.turn?.id === turn.id));
}

/** Planted canaries of a message. */
const canariesOf = (index: Index, message: Message): readonly string[] =>
  candidatesIn(message).filter((canary) => index.planted.has(canary));

/** Whether some message of the list shows `message`: one of its role with its canary, or, without a canary, with its whole text. The newest first. */
function shows(index: Index, messages: readonly (AnyMessage | Message)[], message: Message): boolean {
  const canaries = canariesOf(index, message);
  const text = canaries.length > 0 ? "" : normalText(textOf(message));
  for (let at = messages.length - 1; at >= 0; at--) {
    const other = messages[at];
    if (other?.role !== message.role) continue;
    const found =
      canaries.length > 0
        ? candidatesIn(other).some((canary) => canaries.includes(canary))
        : normalText(textOf(other)).includes(text);
    if (found) return true;
  }
  return false;
}

/** Whether any of the messages is in the view, or covered there after a compaction of the session that began after event `since`. */
export function isShown(index: Index, view: View, said: readonly Message[], since: number): boolean {
  const possible = said.filter((message) => mayHold(index, view.canaries, message));
  if (possible.some((message) => shows(index, view.messages, message))) return true;
  return (
    possible.some((message) => canariesOf(index, message).some((canary) => view.canaries.has(canary))) &&
    compactedBetween(index, view, since)
  );
}

/** Whether the host supplied any of the messages in this call, in whatever form. */
export function isSupplied(index: Index, view: View, said: readonly Message[]): boolean {
  return said.some((message) => mayHold(index, view.suppliedCanaries, message) && shows(index, view.supplied, message));
}

/** Cheap and without misses: where none of its canaries is, the message is not. */
function mayHold(index: Index, canaries: ReadonlySet<string>, message: Message): boolean {
  const own = canariesOf(index, message);
  return own.length === 0 || own.some((canary) => canaries.has(canary));
}

/** A compaction that may have replaced messages: the engine's own unless it said it did nothing, or the host's. */
export function compactedBetween(index: Index, view: View, since: number): boolean {
  const before = view.call.event.i;
  const engine = index.compactions.some(
    ({ call, outcome, session }) =>
      outcome !== "nothing" && call.event.i > since && call.event.i < before && related(index, session, view.session),
  );
  return engine || index.notes.some((note) => note.what === "host-compaction" && note.i > since && note.i < before);
}
