// Whether a version lies in an npm version range, for release numbers without pre-release tags.
// It is not a full semver library: it serves host releases (2026.9.6) and Node versions, and says so when it cannot read a range.

/** unreadable: the range is no version range. */
export type RangeAnswer = "inside" | "outside" | "unreadable";

type Parts = [major: number, minor: number, patch: number];
type Bound = { from: Parts; inclusive: boolean } | { below: Parts; inclusive: boolean };
interface Partial {
  parts: Parts;
  /** How many of the three numbers were written. */
  written: number;
  preRelease: boolean;
}

const VERSION = /^v?(\d+|x|X|\*)(?:\.(\d+|x|X|\*))?(?:\.(\d+|x|X|\*))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

function parse(text: string): Partial | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const numbers: number[] = [];
  for (const part of match.slice(1, 4)) {
    if (part === undefined || !/^\d+$/.test(part)) break;
    numbers.push(Number(part));
  }
  const parts: Parts = [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
  return { parts, written: numbers.length, preRelease: match[4] !== undefined };
}

function compare(a: Parts, b: Parts): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** The first version after everything that `version` stands for, counted at its `place`-th number. */
function next(version: Partial, place: number): Parts {
  const [major, minor, patch] = version.parts;
  if (place <= 1) return [major + 1, 0, 0];
  return place === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function caretPlace(version: Partial): number {
  if (version.parts[0] > 0 || version.written <= 1) return 1;
  return version.parts[1] > 0 || version.written === 2 ? 2 : 3;
}

/** The bounds of one comparator, e.g. ">=2026.5"; undefined when it is none. */
function bounds(comparator: string): Bound[] | undefined {
  const match = /^(>=|<=|>|<|=|\^|~)?(.*)$/.exec(comparator);
  const version = parse(match?.[2] ?? "");
  if (match === null || version === undefined) return undefined;
  const { parts, written } = version;
  const from: Bound = { from: parts, inclusive: true };
  const whole = written === 3;
  if (written === 0) return [];
  switch (match[1]) {
    case ">=":
      return [from];
    case ">":
      return whole ? [{ from: parts, inclusive: version.preRelease }] : [{ from: next(version, written), inclusive: true }];
    case "<":
      return [{ below: parts, inclusive: false }];
    case "<=":
      return whole ? [{ below: parts, inclusive: !version.preRelease }] : [{ below: next(version, written), inclusive: false }];
    case "^":
      return [from, { below: next(version, caretPlace(version)), inclusive: false }];
    case "~":
      return [from, { below: next(version, Math.min(2, written)), inclusive: false }];
    default:
      return [from, { below: next(version, written), inclusive: false }];
  }
}

function holds(version: Parts, bound: Bound): boolean {
  if ("from" in bound) {
    const order = compare(version, bound.from);
    return bound.inclusive ? order >= 0 : order > 0;
  }
  const order = compare(version, bound.below);
  return bound.inclusive ? order <= 0 : order < 0;
}

/** Whether `version` (three numbers) is in `range`: comparators, "^", "~", "x", " - " and "||" as npm writes them. */
export function inRange(version: string, range: string): RangeAnswer {
  const wanted = parse(version);
  if (wanted === undefined) return "unreadable";
  let inside = false;
  for (const alternative of range.split("||")) {
    const text = alternative
      .trim()
      .replace(/^(\S+)\s+-\s+(\S+)$/, ">=$1 <=$2")
      .replace(/([<>=~^])\s+/g, "$1");
    const comparators = text === "" ? ["*"] : text.split(/[\s,]+/);
    const all: Bound[] = [];
    for (const comparator of comparators) {
      const found = bounds(comparator);
      if (found === undefined) return "unreadable";
      all.push(...found);
    }
    if (all.every((bound) => holds(wanted.parts, bound))) inside = true;
  }
  return inside ? "inside" : "outside";
}
