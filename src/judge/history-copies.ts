// How many copies of one message a view may hold: the larger of what the call supplied and what deliveries carried.
// Only texts with a canary are counted: markers, acknowledgements and standing prompts repeat by nature.
// Where a session file or the host's earlier history held more copies, the bound is widened: readable text may show.

import { type AnyMessage, type Message, PROFILES, type SessionRef } from "../define/index.js";
import type { Delivery, Index } from "./facts.js";
import { leadsOf } from "./history-leads.js";
import { hostSummaryHeads, summaryHead, tells } from "./host-summaries.js";
import { type Shown, shownAt } from "./leak.js";
import { hadNamelessHead } from "./nameless.js";
import { domainOf } from "./session.js";
import { canariesIn, copiesOf, isEmptyMessage, messageKey, textOf } from "./texts.js";
import { upsetBetween } from "./upsets.js";

/** A message that a view or probe shows more often than it may. */
export interface Excess {
  shown: Shown;
  message: AnyMessage;
  /** The first canary of the message. */
  canary: string;
  copies: number;
  /** Copies that were allowed. */
  bound: number;
  /** artificial: an exact repeat of a delivery call, which no real host makes, had a hand in it. */
  form: "real" | "artificial";
  /** Deliveries that carried the message, repeats and retries included, in order. */
  carriers: Delivery[];
}

/**
 * Messages that stand more than once in what was shown, with their number. Empty messages, summaries and texts without a canary do not count.
 * Doubled canaries are looked for first: comparing texts is dear, and nearly every view has none.
 */
function repeated(index: Index, shown: Shown): { message: AnyMessage; copies: number }[] {
  const { messages } = shown.view;
  if (!hasDoubledCanary(index, shown.view)) return [];
  const counts = new Map<string, { message: AnyMessage; copies: number }>();
  for (const message of messages) {
    // A host that merges a message with an empty one before it leaves the break between them: merged forms are other messages.
    const key = `${textOf(message).startsWith("\n") ? "merged " : ""}${messageKey(message)}`;
    const entry = counts.get(key);
    if (entry === undefined) counts.set(key, { message, copies: 1 });
    else entry.copies += 1;
  }
  return [...counts.values()].filter(
    ({ message, copies }) =>
      copies > 1 &&
      message.role !== "compactionSummary" &&
      !isEmptyMessage(message) &&
      canariesIn(message, index.planted).size > 0,
  );
}

/** Two messages that begin with the same canary: equal messages do. */
function hasDoubledCanary(index: Index, view: Shown["view"]): boolean {
  const seen = new Set<string>();
  for (const canary of leadsOf(index, view)) {
    if (canary === undefined) continue;
    if (seen.has(canary)) return true;
    seen.add(canary);
  }
  return false;
}

/** Copies beyond the bound, in the order of the view. `recalled` leaves out what a memory engine declares as recalled. */
export function excessCopies(index: Index, shown: Shown, recalled?: (message: AnyMessage) => boolean): Excess[] {
  const found: Excess[] = [];
  for (const { message, copies } of repeated(index, shown)) {
    if (recalled?.(message) === true) continue;
    // The dear bounds come last: nearly every view keeps to the first.
    const supplied = Math.max(suppliedNow(shown, message), 1);
    if (copies <= supplied) continue;
    const carriers = carriersOf(index, shown, message);
    const real = carriers.filter((delivery) => !isArtificial(delivery));
    const delivered = Math.max(supplied, countDeliveries(index, real, message) + cutOffCopies(index, shown, message));
    if (copies <= delivered) continue;
    const bound = Math.max(delivered, readableCopies(index, shown, message));
    const form = real.length === carriers.length ? "real" : "artificial";
    if (form === "artificial" && isUpset(index, carriers)) continue;
    if (
      copies > bound &&
      !isSummary(index, carriers, message) &&
      !hadNamelessHead(index, shown.view.session, shownAt(index, shown))
    )
      found.push({ shown, message, canary: canaryOf(index, message), copies, bound, form, carriers });
  }
  return found;
}

/** A summary, a host's or a summariser's, in the words of the engine: nothing that was delivered reads like it. Its canaries count for no copy. */
function isSummary(index: Index, carriers: readonly Delivery[], message: AnyMessage): boolean {
  const given = carriers.flatMap((delivery) => delivery.messages);
  if (copiesOf(given, message) > 0) return false;
  const answers = index.summariser.flatMap(({ answer }) => summaryHead(index, answer ?? "") ?? []);
  return [...hostSummaryHeads(index), ...answers].some((head) => tells(message, head));
}

/** The host took the history away between the deliveries: an exact repeat after that may well be taken for something new. */
function isUpset(index: Index, carriers: readonly Delivery[]): boolean {
  const [first] = carriers;
  const last = carriers.at(-1);
  return first !== undefined && last !== undefined && upsetBetween(index, last.session, first.at, last.at);
}

/** Sessions whose content one view may hold: its own key, its own session id, its family and every family under the same routing key. */
export function related(index: Index, a: SessionRef, b: SessionRef): boolean {
  return a.key === b.key || a.sessionId === b.sessionId || domainOf(index, a) === domainOf(index, b);
}

/** Deliveries that carried the message to a related session before it was shown. A throw counts: the engine may have kept it. */
function carriersOf(index: Index, shown: Shown, message: AnyMessage): Delivery[] {
  const before = shownAt(index, shown);
  return index.deliveries.filter(
    (delivery) =>
      delivery.call.event.i < before &&
      related(index, delivery.session, shown.view.session) &&
      copiesBrought(index, delivery.messages, message) > 0,
  );
}

/** Copies of the message in a list; where it is not there word for word, those it may have been shortened from, told by their canary. */
function copiesBrought(index: Index, messages: readonly Message[], message: AnyMessage): number {
  const same = copiesOf(messages, message);
  if (same > 0) return same;
  const canary = canaryOf(index, message);
  const carrying = messages.filter((other) => canariesIn(other, index.planted).has(canary));
  const alike = carrying.filter((other) => other.role === message.role);
  return (alike.length > 0 ? alike : carrying).length;
}

/** Hosts do retry commits; an afterTurn, ingestBatch or ingest they never make twice. */
function isArtificial(delivery: Delivery): boolean {
  return delivery.kind === "repeat" && delivery.advancementKey === undefined;
}

function canaryOf(index: Index, message: AnyMessage): string {
  const [canary = ""] = canariesIn(message, index.planted);
  return canary;
}

/** A commit counts once per advancement key, however often it was sent; any other delivery call counts as often as it was made. */
function countDeliveries(index: Index, carriers: Delivery[], message: AnyMessage): number {
  const keys = new Set<string>();
  let copies = 0;
  for (const delivery of carriers) {
    if (delivery.advancementKey !== undefined) {
      if (keys.has(delivery.advancementKey)) continue;
      keys.add(delivery.advancementKey);
    }
    copies += copiesBrought(index, delivery.messages, message);
  }
  return copies;
}

const CLASSIC = new Set(["afterTurn", "ingestBatch", "ingest"]);

/** Copies in classic delivery calls that a kill cut off: the engine may have kept them, and no host sends them again. */
function cutOffCopies(index: Index, shown: Shown, message: AnyMessage): number {
  const before = shownAt(index, shown);
  let copies = 0;
  for (const { event, returned, threw } of index.calls) {
    if (!CLASSIC.has(event.method) || returned !== undefined || threw !== undefined || event.i >= before) continue;
    if (event.session === undefined || !related(index, event.session, shown.view.session)) continue;
    copies += copiesBrought(index, (event.messages ?? []).slice(event.deliveredFrom ?? 0), message);
  }
  return copies;
}

function suppliedNow(shown: Shown, message: AnyMessage): number {
  if (shown.kind === "probe") return 0;
  const { supplied, prompt } = shown.view;
  const asPrompt =
    prompt !== undefined && message.role === "user" && messageKey({ role: "user", content: prompt }) === messageKey(message);
  return copiesOf(supplied, message) + (asPrompt ? 1 : 0);
}

/** Copies the host's own transcript held: in an earlier history it supplied, by an import, or by turns the engine was kept from. */
function readableCopies(index: Index, shown: Shown, message: AnyMessage): number {
  const before = shownAt(index, shown);
  const { session } = shown.view;
  let most = 0;
  for (const call of index.calls) {
    const { event } = call;
    if (event.i >= before) break;
    if (event.phase !== "assemble-first" || event.session === undefined || event.messages === undefined) continue;
    if (related(index, event.session, session)) most = Math.max(most, copiesOf(event.messages, message));
  }
  return Math.max(most, writtenCopies(index, before, session, message), importedCopies(index, message));
}

/**
 * A classic host writes the user entry anew at every attempt, a durable one once per turn. Told by the canary: what a chat client sends
 * live is a wrapper around the text that is stored.
 */
function writtenCopies(index: Index, before: number, session: SessionRef, message: AnyMessage): number {
  const canaries = [...canariesIn(message, index.planted)];
  const isUser = message.role === "user";
  const perAttempt = PROFILES[index.history.case.host]?.lifecycle === "classic";
  let copies = 0;
  for (const turn of index.turns) {
    if (turn.start.i >= before || !related(index, turn.session, session)) continue;
    const { userText = "", prompt } = turn.start;
    const brought = canaries.some(
      (canary) =>
        (isUser && (userText.includes(canary) || prompt.includes(canary))) ||
        index.plants.get(canary)?.some((plant) => plant.turn?.id === turn.id),
    );
    if (!brought) continue;
    const attempts = new Set(turn.providers.map((provider) => provider.turn.attempt)).size;
    copies += perAttempt && isUser ? Math.max(1, attempts) : 1;
  }
  return copies;
}

/** An imported history holds a text once, and once more for each of its entries that repeats another text. */
function importedCopies(index: Index, message: AnyMessage): number {
  const imported = [...canariesIn(message, index.planted)].some((canary) =>
    (index.plants.get(canary) ?? []).some((plant) => plant.part === "import"),
  );
  if (!imported) return 0;
  let copies = 1;
  for (const step of index.history.case.steps ?? []) {
    if (step.kind === "import") copies += step.messages.filter((entry) => entry.text.same !== undefined).length;
  }
  return copies;
}
