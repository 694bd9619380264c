// ctxspec replay: plays one saved case, says which clauses it violates, and draws it. Exit 1 when a clause that counts is violated.

import path from "node:path";
import { readCase } from "../campaign/case-file.js";
import { replay } from "../campaign/certify.js";
import type { Replay, ReplayViolation } from "../campaign/replay.js";
import { settingsFrom } from "../config-file.js";
import { plural } from "../define/plural.js";
import type { Paint } from "../draw/lines.js";
import { wrap } from "../draw/lines.js";
import { allVisible, withoutCommands } from "../draw/visible.js";
import { campaignOptions } from "./certify.js";
import type { Terminal } from "./terminal.js";
import { drawingLines, violationLines } from "./violation-text.js";

/** Answers the exit code. Throws CtxspecError: no case file, wrong usage, an engine that cannot be loaded. */
export async function replayCommand(
  file: string,
  engine: string | undefined,
  given: Record<string, unknown>,
  terminal: Terminal,
): Promise<number> {
  const theCase = readCase(path.resolve(terminal.cwd, file));
  const settings = await settingsFrom(engine === undefined ? given : { ...given, engine }, terminal.cwd);
  const options = campaignOptions(settings, terminal.cwd);
  const played = await replay(theCase, options);
  const lines = replayLines(allVisible(played), file, options.engine as string, terminal.paint, terminal.width);
  terminal.out(`${withoutCommands(lines.join("\n"))}\n`);
  return played.exitCode;
}

export function replayLines(played: Replay, file: string, engine: string, paint: Paint, width: number): string[] {
  const { theCase, violations, unstable } = played;
  const name = [played.engine.name, played.engine.version].filter((part) => part !== "").join(" ") || played.engine.id;
  const head = [
    `${paint.bold(file)}: ${plural(theCase.steps.length, "step")} under ${theCase.host}, played against ${name} (${engine})`,
    ...verdictLines(violations, paint),
    ...Object.entries(unstable).map(([clause, why]) =>
      paint.yellow(`${clause}: nothing can be concluded, the engine differed from itself: ${why}`),
    ),
    "",
  ];
  const events = played.history.events;
  if (violations.length === 0) return [...head, ...drawingLines({ case: theCase, events, at: -1, blame: [] }, paint, width)];
  return [
    ...head,
    ...violations.flatMap(({ clause, level, verdict, finding }) => [
      paint.red(paint.bold(`${clause.id} (${level}${verdict === "excused" ? ", excused" : ""})`)),
      ...wrap(`Required: ${clause.title}`, width, "  "),
      ...violationLines({ ...finding, case: theCase, events }, paint, width),
      "",
    ]),
  ];
}

function verdictLines(violations: ReplayViolation[], paint: Paint): string[] {
  if (violations.length === 0) return [paint.green("violates no clause")];
  const said = violations.map(({ clause, level, verdict }) => `${clause.id} (${verdict === "excused" ? "excused" : level})`);
  return [paint.red(`violates ${said.join(", ")}`)];
}
