// Two keys that look alike are two sessions. The finding is text of the one in a view of the other, or a twin without the other's steps
// that answers differently. Keys that share nothing are isolation-session's and isolation-noninterference's matter.

import { APPLIES, defineClause, type History } from "../src/define/index.js";
import {
  chosenBy,
  crossLeaks,
  domainOf,
  firstEventIn,
  hasLaterView,
  hasOverlap,
  type Index,
  indexOf,
  type LeaveOut,
  leakFinding,
  leftOutFindings,
  leftOutOf,
  lookAlike,
  planOnce,
  requestOf,
  runOf,
  sessionsOf,
  stepsOfOthers,
} from "../src/judge/index.js";
import { rowsShared } from "./breaks/leaky-store.js";

interface Keyed {
  key: string;
  domain: string;
  /** Event index of the first delivery with content under the key. */
  since: number;
}

const cache = new WeakMap<Index, Keyed[]>();

/** Every engine key with content, in the order they came. */
function keysOf(index: Index): Keyed[] {
  const cached = cache.get(index);
  if (cached !== undefined) return cached;
  const keys = new Map<string, Keyed>();
  for (const { outcome, canaries, session, at } of index.deliveries) {
    if (outcome !== "returned" || canaries.size === 0 || keys.has(session.key)) continue;
    keys.set(session.key, { key: session.key, domain: domainOf(index, session), since: at });
  }
  cache.set(index, [...keys.values()]);
  return [...keys.values()];
}

const resembling = new WeakMap<Index, Map<string, Keyed[]>>();

/** Keys of other families that may be mistaken for this one. */
function resemblance(index: Index, key: string, domain: string): Keyed[] {
  let known = resembling.get(index);
  if (known === undefined) {
    known = new Map();
    resembling.set(index, known);
  }
  let alike = known.get(key);
  if (alike === undefined) {
    alike = keysOf(index).filter((other) => other.domain !== domain && lookAlike(key, other.key) !== undefined);
    known.set(key, alike);
  }
  return alike;
}

/** The sessions of one key, apart from the steps of those that look like it. Lanes are left to the isolation clauses' twins. */
function planOf(history: History): LeaveOut | undefined {
  if (hasOverlap(history.case)) return undefined;
  const index = indexOf(history);
  const plans: LeaveOut[] = [];
  for (const { key, domain } of keysOf(index)) {
    const alike = new Set(resemblance(index, key, domain).map((other) => other.domain));
    const isLane = index.calls.some(({ event }) => event.session?.key === key && runOf(index, event.session) !== undefined);
    if (alike.size === 0 || isLane) continue;
    const kept = new Set(
      index.calls.flatMap(({ event }) => (event.session === undefined ? [] : [domainOf(index, event.session)])),
    );
    for (const other of alike) kept.delete(other);
    const steps = stepsOfOthers(history.case, index, kept);
    const after = firstEventIn(history, steps);
    const session = sessionsOf(index, (unit) => unit === domain);
    if (after === undefined || !hasLaterView(index, after, session)) continue;
    plans.push({
      name: `without what looks like ${key}`,
      steps,
      after,
      session,
      what: "the steps of the sessions whose keys look like its own",
    });
  }
  return chosenBy(history.case.seed, plans);
}

const planFor = (history: History): LeaveOut | undefined => planOnce(history, "key-distinct", planOf);

export default defineClause({
  id: "key-distinct",
  title: "Two different keys never share state, however alike they look",
  level: "must",
  who: "engine",
  family: "keys",
  pair: "key-continuity",
  source: [
    {
      url: "https://github.com/volcengine/OpenViking/pull/998",
      says: "keys with colons became directory names; the mapping to safe names must keep different keys different",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/12846",
      says: "keys are one form throughout the host; what differs after that is another session",
    },
  ],
  bugs: ["ov-windows-key", "key-case-ghosts"],
  applies: () => APPLIES,
  twins: (theCase, history, subject) => (subject.adapter.recall === undefined ? requestOf(theCase, planFor(history)) : []),
  check(history, twins, subject) {
    const index = indexOf(history);
    const seen = new Set<unknown>();
    const findings = [];
    for (const { shown, canary, from } of crossLeaks(index, subject)) {
      const why = lookAlike(shown.view.session.key, from.key);
      if (why === undefined || seen.has(shown.view)) continue;
      seen.add(shown.view);
      const finding = leakFinding(
        index,
        shown,
        canary,
        `${shown.view.session.key} and ${from.key} are two keys with nothing in common`,
      );
      findings.push({ ...finding, message: `${finding.message} The two keys look alike: ${why}.` });
    }
    return [
      ...findings,
      ...leftOutFindings(
        history,
        leftOutOf(history, twins, () => planFor(history)),
      ),
    ];
  },
  witness(history) {
    const index = indexOf(history);
    return index.views.filter((view) =>
      resemblance(index, view.session.key, domainOf(index, view.session)).some((other) => other.since < view.call.event.i),
    ).length;
  },
  breaks: [
    {
      id: "key-distinct/file-name",
      about:
        "Keys become file names: every character that is no letter or digit turns into `_`, and different keys into one file.",
      bugs: ["ov-windows-key"],
      base: "window",
      minimalSteps: 2,
      wrap: rowsShared({ slot: ({ key }) => key.replace(/[^\p{L}\p{N}]/gu, "_"), shows: (row, now) => row.key !== now.key }),
    },
    {
      id: "key-distinct/cut-at-64",
      about: "The key column holds 64 characters; what two keys have beyond them is lost.",
      recorded: "keys of 300 characters occur",
      minimalSteps: 2,
      wrap: rowsShared({ slot: ({ key }) => key.slice(0, 64), shows: (row, now) => row.key !== now.key }),
    },
    {
      id: "key-distinct/one-unicode-form",
      about: "The store normalises Unicode and case on its own: what the host keeps apart falls together.",
      recorded: "hosts lower-case keys, but not inside the identifiers of matrix rooms and signal groups",
      minimalSteps: 2,
      wrap: rowsShared({ slot: ({ key }) => key.normalize("NFC").toLowerCase(), shows: (row, now) => row.key !== now.key }),
    },
  ],
});
