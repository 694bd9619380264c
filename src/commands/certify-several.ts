// ctxspec certify a b c: one engine after the other, each as if it were alone and into a folder of its own below --out, then a summary of
// all. The exit code is the worst one. Judges and renders nothing itself.

import { existsSync } from "node:fs";
import path from "node:path";
import { DEFAULT_OUT } from "../campaign/options.js";
import { writeWhole } from "../campaign/save.js";
import { worstExit } from "../campaign/verdict.js";
import type { Settings } from "../config.js";
import { settingsFrom } from "../config-file.js";
import { CtxspecError, PROFILE_IDS, type SummaryEntry } from "../define/index.js";
import { clauseIds, summaryFormats } from "../discover.js";
import { certifyEngine } from "./certify.js";
import { catchInterrupt } from "./interrupt.js";
import { placesFor, preparePlaces, STDOUT } from "./report-places.js";
import type { Terminal } from "./terminal.js";

/** Best to look at first. */
const SHOWN_FILES = ["report.html", "summary.md", "report.json"];
const FILE_WIDTH = 120;

/** A certificate and a baseline are about one engine. */
function refuseOneEngineOptions({ certificate, baseline }: Settings): void {
  const given = certificate !== undefined ? "--certificate" : baseline !== undefined ? "--baseline" : undefined;
  if (given === undefined) return;
  throw new CtxspecError("usage-option", `${given} is about one engine, but several were named`, "certify them one by one");
}

/** Answers the exit code. Throws CtxspecError for wrong usage, before the first engine. */
export async function certifySeveral(engines: string[], given: Record<string, unknown>, terminal: Terminal): Promise<number> {
  refuseListNames(engines);
  refuseRepeated(engines);
  const settings = await settingsFrom(given, terminal.cwd);
  refuseSharedFiles(settings.report, engines.length);
  refuseOneEngineOptions(settings);
  const out = settings.out ?? DEFAULT_OUT;
  const folders = foldersFor(engines);
  let stdoutTaken = false;
  for (const folder of folders) {
    const places = await placesFor(path.join(out, folder), settings.report, terminal.cwd);
    preparePlaces(places);
    stdoutTaken = places.stdoutTaken;
  }
  const say = stdoutTaken ? terminal.err : terminal.out;
  const entries: SummaryEntry[] = [];
  const interrupt = catchInterrupt(() => {});
  try {
    for (const [at, engine] of engines.entries()) {
      if (interrupt.signal.aborted) break;
      if (settings.quiet !== true) say(`${at === 0 ? "" : "\n"}${engine} (${at + 1} of ${engines.length})\n`);
      const folder = folders[at] ?? "";
      const report = await certifyEngine(engine, { ...given, out: path.join(out, folder) }, terminal);
      const files = SHOWN_FILES.filter((file) => existsSync(path.resolve(terminal.cwd, out, folder, file)));
      entries.push({ engine, report, files: files.map((file) => `${folder}/${file}`) });
    }
  } finally {
    interrupt.release();
  }
  const left = engines.slice(entries.length);
  if (left.length > 0) terminal.err(`not certified, because of the interrupt: ${left.join(", ")}\n`);
  await writeSummary(entries, out, { terminal, say });
  return worstExit(entries.map(({ report }) => report.exitCode));
}

async function writeSummary(
  entries: SummaryEntry[],
  out: string,
  { terminal, say }: { terminal: Terminal; say: (text: string) => void },
): Promise<void> {
  const written: string[] = [];
  let shown = "";
  for (const format of await summaryFormats()) {
    if (format.file === undefined) {
      shown += format.render(entries, { colour: terminal.colour, width: terminal.width });
      continue;
    }
    const file = path.resolve(terminal.cwd, out, format.file);
    writeWhole(file, format.render(entries, { colour: false, width: FILE_WIDTH }));
    written.push(path.relative(terminal.cwd, file));
  }
  say(`\n${shown}Summary: ${written.join(", ")}\n`);
}

/** "--host a b" gives b as an engine. */
function refuseListNames(engines: string[]): void {
  const known: readonly string[] = [...PROFILE_IDS, ...clauseIds()];
  const name = engines.find((engine) => known.includes(engine));
  if (name === undefined) return;
  throw new CtxspecError(
    "usage-option",
    `${name} stands among the engines, but is a ${(PROFILE_IDS as readonly string[]).includes(name) ? "host profile" : "clause"}: expected engines, found ${engines.join(" ")}`,
    "names in a list are separated by commas, without spaces: --host a,b",
  );
}

function refuseRepeated(engines: string[]): void {
  const twice = engines.find((engine, at) => engines.indexOf(engine) !== at);
  if (twice === undefined) return;
  throw new CtxspecError(
    "usage-option",
    `the engine ${twice} is named twice: expected every engine once`,
    "leave the second one out; --seed plays other cases",
  );
}

/** A path of its own would hold the last engine's report alone. */
function refuseSharedFiles(wishes: Settings["report"], engines: number): void {
  const wish = wishes?.find((one) => one.path !== undefined && one.path !== STDOUT);
  if (wish === undefined) return;
  throw new CtxspecError(
    "usage-report",
    `--report ${wish.name}=${wish.path} names one file: expected none with several engines, found ${engines} engines`,
    `write --report ${wish.name}: every engine's goes into its own folder below --out`,
  );
}

/** A folder name for each engine, after its last part that says something; the same name twice gets a number. */
export function foldersFor(engines: readonly string[]): string[] {
  const taken = new Set<string>();
  return engines.map((engine) => {
    const name = folderName(engine);
    let folder = name;
    for (let n = 2; taken.has(folder); n++) folder = `${name}-${n}`;
    taken.add(folder);
    return folder;
  });
}

/** "./src/engine.ts" → "engine", "@scope/name" → "scope-name". */
function folderName(engine: string): string {
  const isPackage = /^@[^/]+\/[^/]+$/.test(engine);
  const last = isPackage ? engine.slice(1) : path.basename(path.resolve("/", engine)).replace(/\.[cm]?[jt]s$/, "");
  return last.replace(/[^\w.-]+/g, "-").replace(/^[.-]+|[.-]+$/g, "") || "engine";
}
