// What a message says: its text, its canaries, and when two messages are the same one.
// Everything is memoised per message object, because a host hands the same frozen message to many calls.
// Nothing here trusts the shape of what an engine returned.

import type { AnyMessage, Message } from "../define/index.js";

/** Whole runs of the alphabet: those of exactly twelve may be canaries. Faster than looking around at each place. */
const RUNS = /[A-Z0-9]{12,}/g;
const CANARY_LENGTH = 12;
const NO_CANARIES: readonly string[] = [];
/** Engines return the same long texts again and again: what was found in one is kept, up to this many texts. */
const MOST_TEXTS = 5_000;
const LONG_TEXT = 48;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Keys sorted at every depth, so that equal values give equal text. */
export function stableJson(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(stableJson).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stableJson(value[key])}`).join(",")}}`;
}

interface Parts {
  text: string[];
  thinking: string[];
  tools: string[];
  images: number;
}

function partsOf(message: unknown): Parts {
  const parts: Parts = { text: [], thinking: [], tools: [], images: 0 };
  if (!isObject(message)) return parts;
  if (typeof message.summary === "string") parts.text.push(message.summary);
  const content = message.content;
  if (typeof content === "string") parts.text.push(content);
  else if (Array.isArray(content)) for (const part of content) addPart(parts, part);
  return parts;
}

function addPart(parts: Parts, part: unknown): void {
  if (typeof part === "string") parts.text.push(part);
  if (!isObject(part)) return;
  if (part.type === "image") parts.images += 1;
  else if (part.type === "toolCall" || part.type === "tool_use") {
    parts.tools.push(`${String(part.name)} ${stableJson(part.arguments ?? part.input ?? {})}`);
  } else if (typeof part.thinking === "string") parts.thinking.push(part.thinking);
  else if (typeof part.text === "string") parts.text.push(part.text);
  else if (typeof part.content === "string") parts.text.push(part.content);
}

/** What was found out about a message object. One record each: engines return fresh objects by the thousand. */
interface Memo {
  parts?: Parts;
  key?: string;
  candidates?: readonly string[];
  size?: number;
  bytes?: number;
}

const memos = new WeakMap<object, Memo>();

/** The record of a message object; for the files of this folder that measure messages. */
export function memoOf(message: object): Memo {
  let memo = memos.get(message);
  if (memo === undefined) {
    memo = {};
    memos.set(message, memo);
  }
  return memo;
}

function cachedParts(message: unknown): Parts {
  if (!isObject(message)) return partsOf(message);
  const memo = memoOf(message);
  memo.parts ??= partsOf(message);
  return memo.parts;
}

/** Every text of a message in one string: text, thinking, tool names with arguments, results, summaries. */
export function textOf(message: unknown): string {
  const parts = cachedParts(message);
  return [...parts.text, ...parts.thinking, ...parts.tools].join("\n");
}

/** Number of images in a message. */
export function imagesIn(message: unknown): number {
  return cachedParts(message).images;
}

/** Composed Unicode, white space runs as one space, no white space at the ends. */
export function normalText(text: string): string {
  return isNormal(text) ? text : text.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** Printable ASCII with single spaces inside: the common case, nothing to do. */
function isNormal(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text) && !text.includes("  ") && !text.startsWith(" ") && !text.endsWith(" ");
}

/** Role and normalised text (thinking only where there is nothing else): equal for messages that count as the same one. */
export function messageKey(message: unknown): string {
  if (!isObject(message)) return "";
  const memo = memoOf(message);
  if (memo.key !== undefined) return memo.key;
  const parts = cachedParts(message);
  const shown = [...parts.text.filter((text) => text !== ""), ...parts.tools];
  const said = shown.length > 0 ? shown : parts.thinking;
  memo.key = `${String(message.role)}|${normalText(said.join("\n"))}`;
  return memo.key;
}

/** The message says nothing: no text, no tool call, no thinking, no image. */
export function isEmptyMessage(message: unknown): boolean {
  const parts = cachedParts(message);
  return parts.images === 0 && [...parts.text, ...parts.thinking, ...parts.tools].every((text) => text.trim() === "");
}

/** Same role and same normalised text. Empty messages equal nothing. */
export function sameMessage(a: unknown, b: unknown): boolean {
  return messageKey(a) === messageKey(b) && !isEmptyMessage(a);
}

/** How many of `messages` are the same as `message`. */
export function copiesOf(messages: readonly unknown[], message: AnyMessage | Message): number {
  if (isEmptyMessage(message)) return 0;
  const key = messageKey(message);
  let copies = 0;
  for (const other of messages) if (messageKey(other) === key) copies += 1;
  return copies;
}

/** Whether a view (or any list of messages) holds the message in the words of the catalogue: "contained". */
export function contains(view: { messages: readonly unknown[] }, message: AnyMessage | Message): boolean {
  return copiesOf(view.messages, message) > 0;
}

const textCache = new Map<string, readonly string[]>();

function candidatesOf(text: string): readonly string[] {
  if (text.length < CANARY_LENGTH) return NO_CANARIES;
  if (text.length < LONG_TEXT) return search(text);
  let found = textCache.get(text);
  if (found === undefined) {
    if (textCache.size >= MOST_TEXTS) textCache.clear();
    found = search(text);
    textCache.set(text, found);
  }
  return found;
}

function search(text: string): readonly string[] {
  const runs = text.match(RUNS);
  if (runs === null) return NO_CANARIES;
  return runs.every((run) => run.length === CANARY_LENGTH) ? runs : runs.filter((run) => run.length === CANARY_LENGTH);
}

function scan(value: unknown, found: string[]): void {
  if (typeof value === "string") {
    for (const candidate of candidatesOf(value)) found.push(candidate);
  } else if (Array.isArray(value)) {
    for (const item of value) scan(item, found);
  } else if (isObject(value)) {
    for (const key in value) scan(value[key], found);
  }
}

/** Tokens that look like canaries, anywhere in a value; objects are scanned once. Which of them were planted, only the index knows. */
export function candidatesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return candidatesOf(value);
  if (!isObject(value)) return NO_CANARIES;
  const memo = memoOf(value);
  memo.candidates ??= freshCandidatesIn(value);
  return memo.candidates;
}

function freshCandidatesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return candidatesOf(value);
  const found: string[] = [];
  scan(value, found);
  return found.length === 0 ? NO_CANARIES : found;
}

/** Canaries in a value (messages are scanned once each); only planted ones when `planted` is given. */
export function canariesIn(value: unknown, planted?: { has(canary: string): boolean }): Set<string> {
  const canaries = new Set<string>();
  const values = Array.isArray(value) ? value : [value];
  for (const item of values) {
    for (const candidate of candidatesIn(item)) if (planted === undefined || planted.has(candidate)) canaries.add(candidate);
  }
  return canaries;
}

/** Equal as JSON: `undefined` members count as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => deepEqual(item, b[at]));
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  if (keys.length !== Object.keys(b).filter((key) => b[key] !== undefined).length) return false;
  return keys.every((key) => deepEqual(a[key], b[key]));
}
