// A run's commit may fail and arrive while the next run of its lane is under way, under the same key and the older id. It belongs to the
// older run. No break can exist that isolation-tick never kills: it asks the same of every delivery, late or not. This clause exists
// because the sequence is rare and has its own cause, and so its own witness.

import { APPLIES, defineClause, type Finding, notApplicable, type SessionRef } from "../src/define/index.js";
import {
  belongs,
  type Delivery,
  domainOf,
  type Index,
  indexOf,
  isIsolatedRun,
  leakFinding,
  recallFor,
  runOf,
  type Shown,
  shownAt,
  shownIn,
  unsupplied,
} from "../src/judge/index.js";
import { commitsToCurrentRun, tellsPendingNotes } from "./breaks/tick-effects.js";

interface Late {
  delivery: Delivery;
  run: string;
  lane: string;
  /** Views and probes of newer runs of the lane after it. */
  shown: Shown[];
}

/** Index of the first event of each run. */
function startsOf(index: Index): Map<string, number> {
  const starts = new Map<string, number>();
  for (const turn of index.turns) {
    const run = isIsolatedRun(turn.session) ? runOf(index, turn.session) : undefined;
    if (run !== undefined && !starts.has(run)) starts.set(run, turn.start.i);
  }
  return starts;
}

function lateIn(index: Index): Late[] {
  const late: Late[] = [];
  let starts: Map<string, number> | undefined;
  for (const delivery of index.deliveries) {
    if (delivery.outcome !== "returned" || !isIsolatedRun(delivery.session) || delivery.call.event.phase !== "commit-late")
      continue;
    starts ??= startsOf(index);
    const run = runOf(index, delivery.session);
    const began = run === undefined ? undefined : starts.get(run);
    if (run === undefined || began === undefined) continue;
    const lane = domainOf(index, delivery.session);
    const isNewer = (session: SessionRef) => {
      const other = isIsolatedRun(session) && domainOf(index, session) === lane ? runOf(index, session) : undefined;
      return (
        other !== undefined && other !== run && (starts?.get(other) ?? -1) > began && (starts?.get(other) ?? -1) < delivery.at
      );
    };
    const shown = shownIn(index).filter((one) => shownAt(index, one) > delivery.at && isNewer(one.view.session));
    late.push({ delivery, run, lane, shown });
  }
  return late;
}

export default defineClause({
  id: "isolation-late-delivery",
  title: "A delivery of an older isolated run that arrives late never shows in a newer run",
  level: "must",
  who: "engine",
  family: "isolation",
  pair: "history-commit-once",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/947",
      says: "a late delivery of an archived run came when a newer run owned the key, and went to the newer one",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "a commit names its session; one that failed is retried later with the ids it had",
    },
  ],
  bugs: ["cron-late-afterturn"],
  applies: ({ profile }) =>
    profile.lifecycle === "durable" ? APPLIES : notApplicable("classic hosts deliver a turn once, at its end"),
  check(history, _twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const { delivery, shown } of lateIn(index)) {
      for (const one of shown) {
        const run = runOf(index, one.view.session);
        const isOwn = (session: SessionRef) => runOf(index, session) === run;
        const leaked = unsupplied(index, one, recallFor(subject, one.view.session)).find(
          (canary) => delivery.canaries.has(canary) && !belongs(index, canary, shownAt(index, one), isOwn),
        );
        if (leaked === undefined) continue;
        const finding = leakFinding(
          index,
          one,
          leaked,
          `the late delivery of ${delivery.turn.id} stays with the run it names`,
          "of an older run that was delivered late",
        );
        findings.push({ ...finding, blame: [...new Set([delivery.call.event.i, ...finding.blame])].sort((a, b) => a - b) });
      }
    }
    return findings;
  },
  witness: (history) =>
    lateIn(indexOf(history)).filter(({ delivery, shown }) => delivery.canaries.size > 0 && shown.length > 0).length,
  breaks: [
    {
      id: "isolation-late-delivery/to-the-current-run",
      about: "Deliveries are resolved by key: what arrives late is written into the run that owns the key now.",
      bugs: ["cron-late-afterturn"],
      hosts: ["openclaw-2026.9"],
      minimalSteps: 4,
      wrap: commitsToCurrentRun(),
    },
    {
      id: "isolation-late-delivery/pending-note",
      about:
        "A delivery with another id than the key's current one is kept as a pending note of the key and told to whoever assembles next.",
      bugs: ["cron-late-afterturn"],
      hosts: ["openclaw-2026.9"],
      minimalSteps: 3,
      wrap: tellsPendingNotes(),
    },
  ],
});
