// The independent size estimate, and what counts as an ample budget. Sizes in tokens.
// An estimate only: clauses that use it leave wide margins.

import type { Index, View } from "./facts.js";
import { imagesIn, memoOf, textOf } from "./texts.js";

const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_IMAGE = 1_000;
/** An ample budget is at least this many times what has to fit. */
export const AMPLE = 4;
/** Part of a budget that an engine may be expected to fill, and what else it may want to put there. */
const ROOM_SHARE = 0.75;
const PREAMBLE = 512;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant
const ASCII_ONLY = /^[\x00-\x7f]*$/;

function isCjk(code: number): boolean {
  return (
    (code >= 0x2e80 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xffef) ||
    (code >= 0x20000 && code <= 0x3ffff)
  );
}

/** Size of a bare text: ASCII characters / 4 rounded up, 1 per CJK character, 2 per other code point. */
export function sizeOfText(text: string): number {
  if (ASCII_ONLY.test(text)) return Math.ceil(text.length / 4);
  let ascii = 0;
  let rest = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) ascii += 1;
    else rest += isCjk(code) ? 1 : 2;
  }
  return Math.ceil(ascii / 4) + rest;
}

/** Size of one message: its texts, 4 for the message, 1,000 per image. */
export function sizeOfMessage(message: unknown): number {
  if (typeof message !== "object" || message === null) return TOKENS_PER_MESSAGE;
  const memo = memoOf(message);
  memo.size ??= sizeOfText(textOf(message)) + TOKENS_PER_MESSAGE + TOKENS_PER_IMAGE * imagesIn(message);
  return memo.size;
}

/** Bytes of a message as JSON. */
export function bytesOfMessage(message: object): number {
  const memo = memoOf(message);
  memo.bytes ??= Buffer.byteLength(JSON.stringify(message)) + 1;
  return memo.bytes;
}

/** Size of a list of messages. */
export function sizeOf(messages: readonly unknown[]): number {
  let size = 0;
  for (const message of messages) size += sizeOfMessage(message);
  return size;
}

/** The plain measure: all characters of all texts / 4. */
export function textSizeQuarter(messages: readonly unknown[]): number {
  let characters = 0;
  for (const message of messages) characters += textOf(message).length;
  return characters / 4;
}

const growthCache = new WeakMap<Index, Map<string, { at: number; total: number }[]>>();

function growth(index: Index): Map<string, { at: number; total: number }[]> {
  const cached = growthCache.get(index);
  if (cached !== undefined) return cached;
  const perSession = new Map<string, { at: number; total: number }[]>();
  for (const delivery of index.deliveries) {
    if (delivery.outcome !== "returned") continue;
    const series = perSession.get(delivery.session.alias) ?? [];
    const before = series.at(-1)?.total ?? 0;
    series.push({ at: delivery.at, total: before + sizeOf(delivery.messages) });
    perSession.set(delivery.session.alias, series);
  }
  growthCache.set(index, perSession);
  return perSession;
}

/** Size of everything delivered for a session alias (resets and runs included) before event `at`. */
export function deliveredSize(index: Index, alias: string, at: number): number {
  let total = 0;
  for (const entry of growth(index).get(alias) ?? []) if (entry.at < at) total = entry.total;
  return total;
}

/** tokenBudget at least four times everything delivered so far in the session, and everything supplied in the call; no budget is ample. */
export function isAmple(view: View, index: Index): boolean {
  if (view.tokenBudget === undefined) return true;
  const delivered = deliveredSize(index, view.session.alias, view.at);
  const supplied = sizeOf(view.supplied) + sizeOfText(view.prompt ?? "");
  return view.tokenBudget >= AMPLE * Math.max(delivered, supplied);
}

/** Bytes of the JSON of all messages / 2: about twice the size of plain text, and more than any engine counts for short messages and CJK. */
function generousSize(messages: readonly object[]): number {
  let bytes = 0;
  for (const message of messages) bytes += bytesOfMessage(message) + 2 * TOKENS_PER_IMAGE * imagesIn(message);
  return bytes / 2;
}

/** A budget need not be ample to have room for more: three quarters of it, and something for a preamble, would have held `more` beside all the view shows. */
export function hasRoomFor(view: View, more: readonly object[]): boolean {
  if (view.tokenBudget === undefined) return true;
  const texts = 2 * (sizeOfText(view.prompt ?? "") + sizeOfText(view.systemPromptAddition));
  const own = typeof view.estimatedTokens === "number" ? view.estimatedTokens : 0;
  const asked = Math.max(generousSize(view.messages), own) + generousSize(more) + texts + PREAMBLE;
  return asked <= ROOM_SHARE * view.tokenBudget;
}
