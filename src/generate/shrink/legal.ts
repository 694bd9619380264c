// Which candidates a host would take at its word. Deletions need no check: any subset of a case's steps is a case.
// Everything else is checked, so that shrinking never wanders into programs the generator would not write.

import type { Case, Step } from "../../define/index.js";
import { laneFits, normaliseKey } from "../keys.js";

/** Keys are different sessions, lanes different lanes, and no session's key is a lane's own. */
function keysApart({ settings }: Case): boolean {
  const texts = Object.values(settings.keys);
  if (new Set(texts.map(normaliseKey)).size !== texts.length) return false;
  const lanes = Object.values(settings.lanes);
  const bases = lanes.flatMap((lane) => (lane.kind === "heartbeat" ? [settings.keys[lane.session] ?? ""] : []));
  const jobs = lanes.flatMap((lane) => (lane.kind === "cron" ? [lane.job] : []));
  const distinct = (list: string[]) => new Set(list).size === list.length;
  return bases.every((base) => base !== "" && laneFits(base, texts)) && distinct(bases) && distinct(jobs);
}

/** Every alias exists, a cron turn names a cron lane, and a summariser that waits for an abort gets one. */
function namesHold(theCase: Case): boolean {
  const { keys, lanes } = theCase.settings;
  const holds = (step: Step): boolean => {
    if ("summariser" in step && (step.summariser === "hang" || step.summariser === "late") && step.abortAt === undefined)
      return false;
    switch (step.kind) {
      case "turn":
        return step.via === "cron"
          ? lanes[step.session]?.kind === "cron"
          : step.session in keys || lanes[step.session]?.kind === "heartbeat";
      case "tick":
        return lanes[step.lane]?.kind === "heartbeat";
      case "spawn":
        return step.parent in keys;
      case "compact":
      case "reset":
      case "import":
      case "damage":
        return step.session in keys;
      case "overlap":
        return step.steps.every(holds);
      default:
        return true;
    }
  };
  return theCase.steps.every(holds);
}

/** `late` stands before its step, `repeat` after it with no reset of that session between; a reference to nothing is merely skipped. */
function orderHolds({ steps, settings }: Case): boolean {
  const place = new Map(steps.map((step, i) => [step.id, i]));
  return steps.every((step, i) => {
    if (step.kind === "late") return (place.get(step.delivery) ?? i + 1) > i;
    if (step.kind === "kill" && step.point.where === "call") return (place.get(step.point.step) ?? i + 1) > i;
    if (step.kind !== "repeat") return true;
    const from = place.get(step.delivery) ?? -1;
    if (from > i) return false;
    const about = from < 0 ? undefined : steps[from];
    const lane = about?.kind === "tick" ? settings.lanes[about.lane] : undefined;
    const shared = about?.kind === "tick" && !about.isolated && lane?.kind === "heartbeat" ? lane.session : undefined;
    const session = about?.kind === "turn" ? about.session : shared;
    return (
      session === undefined || !steps.slice(from, i).some((between) => between.kind === "reset" && between.session === session)
    );
  });
}

/** Whether a changed case is still one the generator could have written. */
export function isLegal(theCase: Case): boolean {
  return keysApart(theCase) && namesHold(theCase) && orderHolds(theCase);
}
