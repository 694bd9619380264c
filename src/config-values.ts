// How one option's value is read, whether it came as text from the command line or as data from a config file: numbers, durations, lists of
// names. Each answers the value in the form the campaign takes, or one sentence about what was expected. Knows no option by name.

import { z } from "zod";
import { didYouMean } from "./load/nearest.js";

/** What a value schema says when it refuses: read as "<option> <sentence>, but is <value>". */
type Refuse = (sentence: string, hint?: string) => never;

/** A schema over text or data whose reading is a plain function. */
function read<I extends z.ZodType, O>(input: I, turn: (value: z.output<I>, refuse: Refuse) => O) {
  return input.transform((value, context): O => {
    let refused: { sentence: string; hint?: string } | undefined;
    const stop = Symbol("refused");
    try {
      return turn(value, (sentence, hint) => {
        refused = { sentence, ...(hint === undefined ? {} : { hint }) };
        throw stop;
      });
    } catch (thrown) {
      if (thrown !== stop || refused === undefined) throw thrown;
      context.addIssue({ code: "custom", message: refused.sentence, params: { hint: refused.hint } });
      return z.NEVER;
    }
  });
}

const textOrNumber = (error: string) => z.union([z.number(), z.string()], { error });

/** A whole number from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const sentence = least === Number.MIN_SAFE_INTEGER ? "must be a whole number" : `must be a whole number ${range}`;
  return read(textOrNumber(sentence), (value, refuse) => {
    const number = typeof value === "number" ? value : /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) && number >= least && number <= most ? number : refuse(sentence);
  });
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)\s*$/;

function durationMs(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN));
}

/** "30s", "2m", "1h", "1.5h", "500ms", in milliseconds. A bare number is refused: nobody can tell its unit. */
export function duration() {
  const sentence = "must be a duration with a unit such as 30s, 2m or 1h";
  return read(textOrNumber(sentence), (value, refuse) => {
    const ms = typeof value === "string" ? durationMs(value) : undefined;
    return ms ?? refuse(sentence, /^\s*\d+\s*$/.test(String(value)) ? `did you mean "${String(value).trim()}s"? ` : undefined);
  });
}

/** Milliseconds: a number of at least 1, or a duration with a unit. */
export function milliseconds() {
  const sentence = "must be a number of milliseconds above 0, or a duration such as 10s";
  return read(textOrNumber(sentence), (value, refuse) => {
    const ms = typeof value === "number" ? value : (durationMs(value) ?? (/^\s*\d+\s*$/.test(value) ? Number(value) : 0));
    return Number.isSafeInteger(ms) && ms > 0 ? ms : refuse(sentence);
  });
}

const textOrList = (error: string) => z.union([z.string(), z.array(z.string())], { error });

function split(value: string | string[]): string[] {
  const parts = (typeof value === "string" ? [value] : value).flatMap((part) => part.split(","));
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ""))];
}

/** One or more of the known names, as a list or separated by commas. `noun` is what a name names. */
export function names<T extends string>(noun: string, known: () => readonly T[], seeAll: string) {
  const sentence = `must name at least one ${noun}`;
  return read(textOrList(sentence), (value, refuse): T[] => {
    const given = split(value);
    if (given.length === 0) return refuse(sentence, seeAll);
    return given.map((name) => {
      const found = known().find((one) => one === name);
      return found ?? refuse(`names "${name}", but there is no such ${noun}`, `${didYouMean(name, known())}${seeAll}`);
    });
  });
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[]) {
  const sentence = `must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return read(z.string({ error: sentence }), (value, refuse): T => {
    const found = words.find((word) => word === value);
    return found ?? refuse(sentence, didYouMean(value, words));
  });
}

/** "2/5". */
export function shard() {
  const sentence = "must be like 2/5, the first number from 1 to the second";
  return read(z.string({ error: sentence }), (value, refuse) => {
    const [, index, count] = /^(\d+)\/(\d+)$/.exec(value.trim()) ?? [];
    return Number(index) >= 1 && Number(index) <= Number(count) ? `${Number(index)}/${Number(count)}` : refuse(sentence);
  });
}

export interface ReportWish {
  name: string;
  /** Where to write it; "-" is stdout. Absent: where the format belongs. */
  path?: string;
}

/** Report formats, each with a path of its own if wanted: "text,json=out/r.json". */
export function reportWishes(known: () => readonly string[]) {
  const sentence = "must name at least one report format";
  const seeAll = "ctxspec list reports shows all of them";
  return read(textOrList(sentence), (value, refuse): ReportWish[] => {
    const wishes = split(value).map((part): ReportWish => {
      const at = part.indexOf("=");
      const name = at < 0 ? part : part.slice(0, at);
      if (!known().includes(name))
        refuse(`names "${name}", but there is no such report format`, `${didYouMean(name, known())}${seeAll}`);
      if (at < 0) return { name };
      const path = part.slice(at + 1);
      return path === ""
        ? refuse(`gives no path after "${name}="`, `e.g. ${name}=out/${name}.txt, or - for stdout`)
        : { name, path };
    });
    return wishes.length === 0 ? refuse(sentence, seeAll) : wishes;
  });
}

/** A text that is not empty. */
export function text(what: string) {
  return z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}` });
}

/** On or off. */
export function flag() {
  return z.boolean({ error: "must be true or false" });
}
