// What a campaign shows while it works: one line that is drawn over on a terminal, and one lasting line per profile that is ready.

import type { HostDone, Progress } from "../campaign/progress.js";
import { plural } from "../define/plural.js";
import type { Paint } from "../draw/lines.js";
import type { LiveLine } from "./terminal.js";

const NAMES_SHOWN = 3;

export function spanWords(ms: number): string {
  if (ms < 60_000) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

function some(names: string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

/** One line for the moment. */
export function progressWords(progress: Exclude<Progress, { kind: "violation" }>): string {
  if (progress.kind === "shrinking")
    return `${progress.host}: shrinking ${progress.clause}, ${plural(progress.steps, "step")} after ${plural(progress.runs, "play")}`;
  const { host, hostNumber, hosts, done, share, casesPerSecond, leftMs, violated, unexercised } = progress;
  const parts = [
    `${host} (${hostNumber} of ${hosts})`,
    `${Math.floor(share * 100)}%`,
    `${plural(done, "case")}, ${casesPerSecond.toFixed(0)}/s`,
    ...(leftMs === undefined ? [] : [`${spanWords(leftMs)} left`]),
    violated.length === 0 ? "no violation" : `${plural(violated.length, "violation")}: ${some(violated)}`,
    ...(unexercised.length === 0 ? [] : [`${plural(unexercised.length, "clause")} unexercised: ${some(unexercised)}`]),
  ];
  return parts.join("  ");
}

export class ProgressLine {
  private last = "";

  /** `live` undefined: nothing is shown. */
  constructor(private readonly live: LiveLine | undefined) {}

  show(progress: Progress): void {
    if (this.live === undefined || progress.kind === "violation") return;
    const words = progressWords(progress);
    const room = this.live.columns - 1;
    this.last = words.length > room ? `${words.slice(0, room - 1)}…` : words;
    this.live.show(this.last);
  }

  /** Makes room for `write`, then draws the line again. */
  around(write: () => void): void {
    this.live?.clear();
    write();
    if (this.last !== "") this.live?.show(this.last);
  }

  end(): void {
    this.last = "";
    this.live?.clear();
  }
}

/** The lasting line of one profile. */
export function hostLine(done: HostDone, paint: Paint): string {
  const of = (verdict: string) => Object.keys(done.verdicts).filter((id) => done.verdicts[id] === verdict);
  const violated = of("violated");
  const flaky = of("flaky");
  const open = of("inconclusive");
  const verdict = [
    ...(violated.length > 0 ? [paint.red(`violated: ${violated.join(", ")}`)] : []),
    ...(flaky.length > 0 ? [paint.red(`flaky: ${flaky.join(", ")}`)] : []),
    ...(violated.length + flaky.length === 0 ? [paint.green("no violation")] : []),
    ...(open.length > 0 ? [paint.yellow(`not exercised: ${some(open)}`)] : []),
  ];
  const speed = done.durationMs > 0 ? ` in ${(done.durationMs / 1_000).toFixed(1)} s` : "";
  return `${done.host.padEnd(22)} ${plural(done.cases, "case")}, ${plural(done.engineCalls, "engine call")}${speed}: ${verdict.join("; ")}\n`;
}
