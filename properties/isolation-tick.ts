// Isolated runs of one lane know nothing of each other, whether the host gives them one key or one each: their session ids differ.
// An engine that drops heartbeat deliveries has nothing to leak; whether it forgets too much is key-continuity's matter.

import { APPLIES, defineClause, type Finding, notApplicable, type PlantEvent, type SessionRef } from "../src/define/index.js";
import {
  belongs,
  domainOf,
  type Index,
  indexOf,
  isIsolatedRun,
  laneSuccessions,
  leakFinding,
  plantsOf,
  recallFor,
  runOf,
  type Shown,
  shownAt,
  shownIn,
  unsupplied,
} from "../src/judge/index.js";
import { atNextRun, isLaneKey, rowsShared } from "./breaks/leaky-store.js";
import { summaryByKey } from "./breaks/tick-effects.js";

/** The run that was shown; undefined for views outside any lane. Ordinary turns on a lane's key are in the lane's last run. */
function shownRun(index: Index, shown: Shown): string | undefined {
  return isIsolatedRun(shown.view.session) ? runOf(index, shown.view.session) : undefined;
}

/** The text was planted in another run of the lane. An ordinary turn on the lane's key may remember the ordinary turns before it. */
function isForeign(index: Index, shown: Shown, run: string, plant: PlantEvent): boolean {
  if (domainOf(index, plant.session) !== domainOf(index, shown.view.session)) return false;
  const other = runOf(index, plant.session);
  if (other === undefined || other === run) return false;
  const isOrdinary = shown.kind === "view" && shown.view.turn?.kind === "ordinary";
  return !(isOrdinary && plant.turn?.kind === "ordinary");
}

function leakedIn(index: Index, shown: Shown, canaries: string[]): string | undefined {
  const run = shownRun(index, shown);
  if (run === undefined) return undefined;
  const isOwn = (session: SessionRef) => runOf(index, session) === run;
  return canaries.find((canary) => {
    if (!plantsOf(index, canary).some((plant) => isForeign(index, shown, run, plant))) return false;
    return !belongs(index, canary, shownAt(index, shown), isOwn);
  });
}

export default defineClause({
  id: "isolation-tick",
  title: "An isolated run shows nothing of another run of its lane",
  level: "must",
  who: "engine",
  family: "isolation",
  pair: "key-continuity",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "an isolated heartbeat runs in a fresh session with no prior conversation; an engine that stores by key joined tick to tick",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/810",
      says: "isolated cron runs that reuse a key must not see the messages and summaries of the run before",
    },
  ],
  bugs: [
    "hb-shared-engine-key",
    "hb-nested-key-and-file",
    "hb-entry-carry-over",
    "hb-isolated-in-main-conversation",
    "cron-stable-key-leak",
    "cron-host-stable-key",
    "cron-late-afterturn",
    "lcm-stale-replay",
  ],
  applies(_subject, facts) {
    const kept = facts["lane.kept"] ?? 0;
    const dropped = facts["lane.dropped"] ?? 0;
    return kept === 0 && dropped > 0
      ? notApplicable("the engine drops heartbeat deliveries: nothing of an isolated run was ever seen again")
      : APPLIES;
  },
  check(history, _twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const shown of shownIn(index)) {
      if (!isIsolatedRun(shown.view.session)) continue;
      const canary = leakedIn(index, shown, unsupplied(index, shown, recallFor(subject, shown.view.session)));
      if (canary === undefined) continue;
      findings.push(
        leakFinding(
          index,
          shown,
          canary,
          "an isolated run shows only what was supplied in the call or belongs to that run",
          "that belongs to another run of its lane",
        ),
      );
    }
    return findings;
  },
  witness: (history) => laneSuccessions(indexOf(history)).filter((pair) => pair.kept).length,
  breaks: [
    {
      id: "isolation-tick/by-key-alone",
      about: "Rows are kept by session key alone: a new session id under the lane's stable key joins the run before it.",
      bugs: ["hb-shared-engine-key", "cron-stable-key-leak"],
      hosts: ["openclaw-2026.9", "openclaw-2026.7", "openclaw-2026.5"],
      minimalSteps: 2,
      wrap: rowsShared({
        slot: ({ key }) => key,
        shows: (row, now) => isLaneKey(now.key) && row.id !== now.id,
      }),
    },
    {
      id: "isolation-tick/run-suffix-stripped",
      about: "The engine strips what looks like a run id from cron and heartbeat keys to find `the` conversation of the job.",
      bugs: ["cron-stable-key-leak"],
      base: "window",
      minimalSteps: 2,
      wrap: rowsShared({
        slot: ({ key }) => key.replace(/:run:.*$/, "").replace(/:heartbeat-run:.*$/, ":heartbeat"),
        shows: (row, now) => isLaneKey(now.key) && row.id !== now.id,
      }),
    },
    {
      id: "isolation-tick/summary-by-key",
      about:
        "Messages are kept by session id, summaries by key alone: a run begins with the summary of what was said on its lane's key.",
      bugs: ["hb-shared-engine-key"],
      hosts: ["openclaw-2026.9", "openclaw-2026.7", "openclaw-2026.5"],
      minimalSteps: 4,
      wrap: summaryByKey(),
    },
    {
      id: "isolation-tick/previous-run-fed",
      about:
        "The pointer from key to conversation moves only after a delivery, so each run's delivery is written into the run before it as well. No later turn looks there; a probe does.",
      bugs: ["cron-late-afterturn"],
      hosts: ["openclaw-2026.7", "openclaw-2026.5"],
      minimalSteps: 2,
      wrap: atNextRun(),
    },
  ],
});
