// Whether a view still shows what a turn brought. Lenient where hosts and engines reshape texts: a message of the same role that carries
// the canary counts, because hosts merge neighbours and engines shorten; the canary stands within the first 40 characters.

import type { AnyMessage, Message } from "../define/index.js";
import type { Delivery, Index, Turn, View } from "./facts.js";
import { related } from "./history-copies.js";
import { canariesIn, contains, isEmptyMessage, normalText, textOf } from "./texts.js";

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
    const own = normalText(turn.start.userText ?? "");
    return (own !== "" && normalText(textOf(message)).includes(own)) || plantedIn(index, turn, message);
  }
  if (message.role !== "assistant" || message.stopReason === "error" || message.stopReason === "aborted") return false;
  return message.content.some((part) => part.type === "text" && part.text.trim() !== "") && plantedIn(index, turn, message);
}

function plantedIn(index: Index, turn: Turn, message: Message): boolean {
  return [...canariesIn(message, index.planted)].some((canary) =>
    index.plants.get(canary)?.some((plant) => plant.turn?.id === turn.id),
  );
}

/** Messages of the list that show `message`: the same one, one of its role with its canary, or, without a canary, one with its whole text. */
export function copiesShown(index: Index, messages: readonly (AnyMessage | Message)[], message: Message): number {
  const canaries = canariesIn(message, index.planted);
  const text = normalText(textOf(message));
  let copies = 0;
  for (const other of messages) {
    if (other.role !== message.role) continue;
    const shows =
      canaries.size > 0 ? hasAny(canariesIn(other, index.planted), canaries) : normalText(textOf(other)).includes(text);
    if (shows) copies += 1;
  }
  return copies;
}

function hasAny(set: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const one of wanted) if (set.has(one)) return true;
  return false;
}

/** Whether any of the messages is in the view, or covered there after a compaction of the session that began after event `since`. */
export function isShown(index: Index, view: View, said: readonly Message[], since: number): boolean {
  if (said.some((message) => contains(view, message) || copiesShown(index, view.messages, message) > 0)) return true;
  return (
    compactedBetween(index, view, since) && said.some((message) => hasAny(view.canaries, canariesIn(message, index.planted)))
  );
}

/** Whether the host supplied any of the messages in this call, in whatever form. */
export function isSupplied(index: Index, view: View, said: readonly Message[]): boolean {
  return said.some((message) => copiesShown(index, view.supplied, message) > 0);
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
