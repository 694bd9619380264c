// Whether two values of two plays say the same, when ids and times made anew in each play count as equal if they stand in the same places.
// An id matches any id as long as the pairing stays one to one; a time matches any time; an absolute path matches by its last part.
// Everything else, counts and planted texts above all, has to be equal.

export interface Unlike {
  /** Where, as a path into the value, e.g. `messages[2].content`. */
  path: string;
  /** The first value's side, cut to 160 characters. */
  first: string;
  second: string;
}

/** Hexadecimal digits, perhaps in groups as in a UUID. */
const HEX = "[0-9a-f]{4,64}(?:-[0-9a-f]{4,64})*";
const START = "(?<![A-Za-z0-9])";
const END = "(?![A-Za-z0-9])";
export const TOKEN = new RegExp(
  [
    // a date and time
    String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?`,
    // an absolute path
    String.raw`(?<![\w/])(?:\/[\w.@%+~-]+){2,}`,
    // an id with a prefix: sum_12ab, msg-7
    String.raw`${START}[a-z]{2,16}[_:#-](?:${HEX}|\d{1,9})${END}`,
    // a UUID, a hash, a ULID
    `${START}[0-9a-f]{8,64}(?:-[0-9a-f]{4,64})*${END}`,
    `${START}[0-9A-HJKMNP-TV-Z]{26}${END}`,
    // a number that is introduced as an id
    String.raw`(?:#|\b(?:[iI]d|[nN]o|[rR]ow|[sS]eq|[sS]ummary|[cC]hunk|[nN]ode|[eE]ntry|[cC]onversation)(?:[ :=]|: |\. )#?)\d{1,9}\b`,
    // a long number: a time or a snowflake
    String.raw`${START}\d{10,19}(?!\d)`,
  ].join("|"),
  "g",
);
export const ISO = /^\d{4}-\d\d-\d\d[T ]/;
export const ID_NAME = /(?:^id|Id|Ids|_id|rowid|fingerprint|[rR]evision|[hH]ash|[dD]igest|[cC]ursor)$/;
export const TIME_NAME = /(?:^(?:at|ts|time|timestamp|date|age)|At|Ms|Time|Timestamp|Date|Duration|Elapsed)$/;
/** A projection's epoch may be made anew whenever the engine pleases. */
const FREE_NAME = "epoch";
const SIZE_NAME = /[tT]okens/;
/** Numbers above this are taken for times in milliseconds or finer (1e11 ms is the year 1973). */
export const EPOCH_MS = 1e11;
/** Tokens by which a size may differ once ids of different length stand in the texts. */
const SIZE_SLACK = 8;

/** Compares values in order; ids met once stay paired for the life of the object. */
export class Likeness {
  private readonly forth = new Map<string, string>();
  private readonly back = new Map<string, string>();

  /** The first place where the values differ; undefined when they are alike. Members that are undefined count as absent. */
  compare(first: unknown, second: unknown, path = "", name = ""): Unlike | undefined {
    if (Object.is(first, second) || name === FREE_NAME) return undefined;
    if (typeof first === "string" && typeof second === "string") return this.strings(first, second, path, name);
    if (typeof first === "number" && typeof second === "number") return this.numbers(first, second, path, name);
    if (!isObject(first) || !isObject(second) || Array.isArray(first) !== Array.isArray(second))
      return unlike(path, first, second);
    if (Array.isArray(first) && Array.isArray(second)) return this.lists(first, second, path, name);
    return this.objects(first, second, path);
  }

  private objects(first: Record<string, unknown>, second: Record<string, unknown>, path: string): Unlike | undefined {
    for (const key of new Set([...Object.keys(first), ...Object.keys(second)])) {
      const found = this.compare(first[key], second[key], path === "" ? key : `${path}.${key}`, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private lists(first: unknown[], second: unknown[], path: string, name: string): Unlike | undefined {
    const shorter = Math.min(first.length, second.length);
    for (let at = 0; at < shorter; at++) {
      const found = this.compare(first[at], second[at], `${path}[${at}]`, name);
      if (found !== undefined) return found;
    }
    if (first.length === second.length) return undefined;
    const extra = shorter < first.length ? first[shorter] : second[shorter];
    const rest = (list: unknown[]) => `${list.length} entries${list.length > shorter ? `, the next one ${cut(extra)}` : ""}`;
    return { path, first: rest(first), second: rest(second) };
  }

  private numbers(first: number, second: number, path: string, name: string): Unlike | undefined {
    if (first > EPOCH_MS && second > EPOCH_MS) return undefined;
    if (TIME_NAME.test(name)) return undefined;
    if (ID_NAME.test(name)) return this.pair(String(first), String(second)) ? undefined : unlike(path, first, second);
    const slack = this.forth.size > 0 && SIZE_NAME.test(name) ? Math.max(SIZE_SLACK, 0.01 * Math.max(first, second)) : 0;
    return Math.abs(first - second) <= slack ? undefined : unlike(path, first, second);
  }

  private strings(first: string, second: string, path: string, name: string): Unlike | undefined {
    if (ID_NAME.test(name)) return this.pair(first, second) ? undefined : unlike(path, first, second);
    const one = first.match(TOKEN) ?? [];
    const two = second.match(TOKEN) ?? [];
    if (one.length !== two.length || first.replace(TOKEN, "\u0000") !== second.replace(TOKEN, "\u0000"))
      return unlike(path, first, second);
    return one.every((token, at) => this.tokens(token, two[at] ?? "")) ? undefined : unlike(path, first, second);
  }

  private tokens(first: string, second: string): boolean {
    if (first === second) return true;
    if (ISO.test(first) && ISO.test(second)) return true;
    if (first.startsWith("/") !== second.startsWith("/")) return false;
    if (first.startsWith("/")) return this.strings(lastPart(first), lastPart(second), "", "") === undefined;
    if (Number(first) > EPOCH_MS / 1000 && Number(second) > EPOCH_MS / 1000) return true;
    return this.pair(first, second);
  }

  private pair(first: string, second: string): boolean {
    const forth = this.forth.get(first);
    const back = this.back.get(second);
    if (forth === undefined && back === undefined) {
      this.forth.set(first, second);
      this.back.set(second, first);
      return true;
    }
    return forth === second && back === first;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function cut(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length <= 160 ? text : `${text.slice(0, 159)}…`;
}

/** Long strings are shown from shortly before the place where they part. */
function unlike(path: string, first: unknown, second: unknown): Unlike {
  if (typeof first !== "string" || typeof second !== "string") return { path, first: cut(first), second: cut(second) };
  let at = 0;
  while (at < first.length && at < second.length && first[at] === second[at]) at += 1;
  const from = at > 60 ? at - 20 : 0;
  const show = (text: string) => cut(from > 0 ? `…${text.slice(from)}` : text);
  return { path, first: show(first), second: show(second) };
}
