// ctxspec selftest: every deliberately broken engine and host against every clause, and every conforming engine against all of them. Exit 1
// when a break survives its own clause or a conforming engine is accused. --write keeps the matrix as the data the README shows.

import path from "node:path";
import { selftest } from "../campaign/certify.js";
import { writeWhole } from "../campaign/save.js";
import type { BreakResult, Selftest, SelftestOptions } from "../campaign/selftest.js";
import { whole } from "../config-values.js";
import { CtxspecError } from "../define/index.js";
import { plural } from "../define/plural.js";
import type { Paint } from "../draw/lines.js";
import { wrap } from "../draw/lines.js";
import { catchInterrupt } from "./interrupt.js";
import { KILL_MATRIX_FILE, killMatrixOf } from "./kill-matrix.js";
import { columns } from "./list.js";
import { packageRoot } from "./package-root.js";
import type { Terminal } from "./terminal.js";

/** As typed: texts, and flags. */
export interface SelftestGiven {
  only?: string[];
  seed?: string;
  cases?: string;
  workers?: string;
  write?: boolean;
}

function number(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const checked = whole(least).safeParse(text);
  if (checked.success) return checked.data;
  throw new CtxspecError(
    "usage-option",
    `--${name} ${checked.error.issues[0]?.message}, but is "${text}"`,
    "ctxspec selftest --help shows all options",
  );
}

/** Answers the exit code. Throws CtxspecError: an unknown clause or break, a fault of ctxspec. */
export async function selftestCommand(given: SelftestGiven, terminal: Terminal): Promise<number> {
  const numbers = {
    seed: number("seed", given.seed, Number.MIN_SAFE_INTEGER),
    maxCases: number("cases", given.cases, 1),
    workers: number("workers", given.workers, 1),
  };
  const present = Object.entries(numbers).filter(([, value]) => value !== undefined);
  const only = given.only?.flatMap((names) => names.split(",")).map((name) => name.trim());
  const interrupt = catchInterrupt(() => terminal.err("stopping; what was done follows.\n"));
  const options: SelftestOptions = {
    ...Object.fromEntries(present),
    ...(only === undefined ? {} : { only }),
    signal: interrupt.signal,
    onProgress: (done, total, about) => terminal.live?.show(`${done} of ${total}: ${about}`),
  };
  const result = await selftest(options).finally(() => {
    terminal.live?.clear();
    interrupt.release();
  });
  terminal.out(`${matrixLines(result, terminal.paint, terminal.width).join("\n")}\n`);
  if (given.write === true && (interrupt.signal.aborted || only !== undefined))
    terminal.err("nothing written: this is not the whole matrix\n");
  else if (given.write === true) {
    const file = path.join(packageRoot(), KILL_MATRIX_FILE);
    writeWhole(file, `${JSON.stringify(killMatrixOf(result), null, 2)}\n`);
    terminal.out(`written: ${file}\n`);
  }
  return result.exitCode;
}

function killWords(result: BreakResult, paint: Paint): string[] {
  const { killed, cases, minimalSteps } = result;
  const least = minimalSteps === undefined ? "" : `${plural(minimalSteps, "step")}`;
  if (killed === undefined) return [paint.red("SURVIVED"), plural(cases, "case"), least];
  const level = killed.level === "should" ? " (should)" : "";
  return [paint.green(`killed${level}`), `k=${killed.k}, ${plural(killed.cases, "case")}`, least];
}

/** One line per break: by whom it was killed, at which case, what else it trips. Then the conforming engines. */
export function matrixLines(result: Selftest, paint: Paint, width: number): string[] {
  const { breaks, survivors, engines, skippedEngines, accused, cases, durationMs, seed } = result;
  const rows = breaks.map((one) => [
    one.id,
    one.broken === "host" ? "host" : one.base,
    ...killWords(one, paint),
    one.others.join(" "),
  ]);
  const killed = breaks.length - survivors.length;
  return [
    ...(rows.length === 0
      ? []
      : columns([["break (clause/name)", "base", "by its clause", "first case", "known minimum", "trips as well"], ...rows])),
    "",
    `${killed} of ${plural(breaks.length, "break")} killed by the clause they aim at; ${plural(cases, "case")}, seed ${seed}, ${(durationMs / 1_000).toFixed(1)} s`,
    ...survivors.map((id) => paint.red(`survived: ${id}`)),
    ...engines.map(({ name, hosts, cases: played }) => {
      const against = accused.filter((one) => one.engine === name).length;
      const words = against === 0 ? paint.green("not accused") : paint.red(`accused ${plural(against, "time")}`);
      return `conforming engine ${name}: ${words} in ${plural(played, "case")} under ${hosts.join(", ")}`;
    }),
    ...skippedEngines.map(({ name, reason }) => paint.dim(`conforming engine ${name}: skipped: ${reason}`)),
    ...accused.flatMap(({ engine, host, clause, k, message }) =>
      wrap(`ACCUSED: ${engine} by ${clause} under ${host}, case ${k}: ${message}`, width).map(paint.red),
    ),
  ];
}
