// What was true around a recording and no record says outright: read off the calls, as sparingly as possible,
// because a fact taken from the calls is one the comparison can no longer check.

import type { Profile } from "../define/index.js";
import type { Section, SectionRecord } from "./sections.js";
import type { CallRecord, Trace, TraceMessage } from "./trace.js";

/** What the recordings' provider names in its overflow error. */
const NAMED_TOKENS = 140_000;

/**
 * Tokens that each overflow error of the provider names, in order: none (null) where the compact after it was given the window's bound, else the
 * usual figure, or another that two compacts or more agree on. What compacts were given that no error preceded is not looked at.
 */
export function overflowTokensOf(trace: Trace, sections: Section[]): (number | null)[] {
  const given = sections.flatMap(({ records }) => givenAfterErrors(records));
  const named = given.filter((count) => count !== undefined && count !== trace.window + 1);
  const [first] = named;
  const usual = first !== undefined && named.length > 1 && named.every((count) => count === first) ? first : NAMED_TOKENS;
  return given.map((count) => (count === trace.window + 1 ? null : usual));
}

/** For each overflow error the currentTokenCount of the compact after it, undefined where none came. */
function givenAfterErrors(records: readonly SectionRecord[]): (number | undefined)[] {
  const given: (number | undefined)[] = [];
  let asked = false;
  for (const entry of records) {
    if (entry.kind === "provider") {
      asked = entry.record.provider.startsWith("overflow");
      if (asked) given.push(undefined);
    } else if (asked && entry.record.call === "compact") {
      given[given.length - 1] = entry.record.currentTokenCount ?? undefined;
      asked = false;
    }
  }
  return given;
}

/** The first process of the trace had just started: its first instance is number 1. */
export function startsFresh(trace: Trace): boolean {
  const first = trace.records.find((entry) => entry.kind === "call");
  return first?.kind !== "call" || first.record.engine === 1;
}

/** A session's first turn begins with bootstrap although nothing in the trace made the session: an earlier scenario had. */
export function existedBefore(section: Section, via: "rpc" | "chat", wasReset: boolean, profile: Profile): boolean {
  if (profile.lifecycle === "durable" && via === "chat") return false;
  if (profile.lifecycle === "classic" && wasReset) return false;
  const [first] = section.calls.filter((call) => call.call !== "factory");
  return first?.call === "bootstrap";
}

/** The last answer is the word for saying nothing, which is eight characters long; the heartbeat's own acknowledgement has twelve. */
export function staysSilent(section: Section): boolean {
  return section.providers.at(-1)?.provider === "ack" && replyMessage(section)?.length === "NO_REPLY".length;
}

/** Methods by which an engine hears what was said. */
export const DELIVERIES = new Set(["commitTurn", "afterTurn", "ingestBatch", "ingest"]);

/** The final answer of a section, as it was delivered last; what came ahead of it was of an earlier turn. */
function replyMessage({ records }: Section): TraceMessage | undefined {
  const since = records.slice(records.findLastIndex((entry) => entry.kind === "provider") + 1);
  const delivery = since
    .flatMap((entry) => (entry.kind === "call" ? entry.record : []))
    .findLast(({ call }) => DELIVERIES.has(call));
  const last = delivery?.messages?.at(-1) ?? delivery?.message;
  return last?.role === "assistant" ? last : undefined;
}

/** The model's last answer had no words. */
export const endsWordless = (section: Section): boolean => replyMessage(section)?.length === 0;

/** Its text, where the model said something. */
export function replyIn(section: Section): string | undefined {
  const isText = section.providers.at(-1)?.provider === "reply" && !endsWordless(section);
  return isText ? replyMessage(section)?.text : undefined;
}

/** Neither a call nor a provider answer came of it. */
export const nothingCame = (section: Section): boolean => section.records.length === 0;

/** The host judged view and prompt too large: it compacted before any provider call, naming the window's bound. */
export function wasPrechecked(section: Section, window: number): boolean {
  const compact = section.records.findIndex((entry) => entry.kind === "call" && entry.record.call === "compact");
  const provider = section.records.findIndex((entry) => entry.kind === "provider");
  if (compact < 0 || (provider >= 0 && provider < compact)) return false;
  const entry = section.records[compact];
  return entry?.kind === "call" && entry.record.currentTokenCount === window + 1;
}

export interface HeavyUsage {
  /** before: the compaction came ahead of this section's turn, so the turn before it reported the usage. */
  of: "this turn" | "turn before";
  tokens: number;
}

/** A compaction that no overflow and no user asked for: the usage reported by the turn before it was near the window. */
export function heavyUsageOf(section: Section, window: number): HeavyUsage | undefined {
  if (section.providers.some((answer) => answer.provider.startsWith("overflow"))) return undefined;
  const at = section.calls.findIndex((call) => call.call === "compact" && isProactive(call, window));
  const tokens = section.calls[at]?.currentTokenCount;
  if (typeof tokens !== "number") return undefined;
  const afterTurn = section.calls.slice(0, at).some((call) => call.call === "assemble");
  return { of: afterTurn ? "this turn" : "turn before", tokens };
}

const isProactive = (call: CallRecord, window: number): boolean =>
  call.compactionTarget === "budget" && typeof call.currentTokenCount === "number" && call.currentTokenCount !== window + 1;

export interface Cut {
  method: string;
  nth: number;
}

/** The last call of a section that the stopping gateway cut short; absent where nothing had been called. */
export function cutOf(section: Section): Cut | undefined {
  const last = section.calls.at(-1);
  if (section.cut !== "stop" || last === undefined) return undefined;
  return { method: last.call, nth: section.calls.filter((call) => call.call === last.call).length };
}
