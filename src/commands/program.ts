// The command line as a whole: which commands there are and which options each takes. Every command is imported when it is called, so that
// `ctxspec list` stays quick. Wrong usage becomes an error that names the nearest match.

import { Command, CommanderError, Option } from "commander";
import { toolVersion } from "../campaign/tool.js";
import { allOptions, type OptionName, optionFlag } from "../config.js";
import { CtxspecError } from "../define/errors.js";
import { clauseIds, engineNames } from "../discover.js";
import { didYouMean, nearest } from "../load/nearest.js";
import { asCtxspecError, failureText, isVerbose } from "./failure.js";
import type { InitOptions } from "./init.js";
import type { Terminal } from "./terminal.js";

/** Options of certify that are about writing or extent, not about one play. */
const REPLAY_OPTIONS: readonly OptionName[] = [
  "engineId",
  "only",
  "skip",
  "strict",
  "callTimeout",
  "workers",
  "memory",
  "node",
  "verbose",
];
const VERIFY_OPTIONS: readonly OptionName[] = ["engineId", "callTimeout", "workers", "memory", "node", "verbose"];
const DOCTOR_OPTIONS: readonly OptionName[] = ["engineId", "host", "memory", "node", "verbose"];

const MERGE_OPTIONS: readonly OptionName[] = ["out", "report", "verbose"];

const ENGINE_ARGUMENT = "path of a plugin or module, package, or name of an engine of ctxspec (default: reference)";

const SEVERAL_ENGINES = `${ENGINE_ARGUMENT}; several are certified in turn`;

function addOptions(command: Command, wanted: readonly OptionName[] | "all"): Command {
  for (const { name, help } of allOptions()) {
    if (wanted !== "all" && !wanted.includes(name)) continue;
    const flag = `${optionFlag(name)}${help.value === undefined ? "" : ` ${help.value}`}`;
    const about = help.otherwise === undefined ? help.about : `${help.about} (default: ${help.otherwise})`;
    const option = new Option(flag, about);
    const isList = help.value?.includes(",...") === true;
    command.addOption(
      isList ? option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]) : option,
    );
  }
  return command.option("--config <file>", "options in a file (default: ctxspec.config.{ts,js,json} where there is one)");
}

/** What a command answers with; commander itself keeps none. */
interface Outcome {
  exitCode: number;
}

type Run = (work: Promise<number>) => Promise<void>;

function addVerify(program: Command, run: Run, terminal: Terminal): void {
  const engine = "path, package or name of the engine (default: what was asked for when it was certified)";
  const verify = program.command("verify").argument("<certificate>", "a file that certify --certificate wrote");
  addOptions(verify.argument("[engine]", engine), VERIFY_OPTIONS)
    .option("--key <pem file>", "the Ed25519 public key that has to have signed it")
    .description("is a certificate unchanged, and the engine still the one it is about")
    .action((file: string, name: string | undefined, given: Record<string, unknown>) =>
      run(import("./verify.js").then(({ verifyCommand }) => verifyCommand(file, name, given, terminal))),
    );
}

function addMerge(program: Command, run: Run, terminal: Terminal): void {
  const merge = program.command("merge").argument("<report.json...>", "the reports of all shards, or the folders they are in");
  addOptions(merge, MERGE_OPTIONS)
    .description("make one report of the shards of a run (certify --shard i/n)")
    .action((files: string[], given: Record<string, unknown>) =>
      run(import("./merge.js").then(({ mergeCommand }) => mergeCommand(files, given, terminal))),
    );
}

function addInit(program: Command, run: Run, terminal: Terminal): void {
  program
    .command("init")
    .argument("[engine]", "path of a plugin or module, or package; asked for, or looked for in the usual places")
    .option("--yes", "ask nothing; files that exist are left as they are")
    .option("--force", "ask nothing, and write over files that exist")
    .option("--engine-id <id>", "which engine of a plugin that registers several")
    .option("--verbose", "show the stack of an error")
    .description("set a project up: an adapter, a vitest test, a config and a GitHub workflow")
    .action((engine: string | undefined, given: InitOptions) =>
      run(import("./init.js").then(({ initCommand }) => initCommand(engine, given, terminal))),
    );
}

function addSelftest(program: Command, run: Run, terminal: Terminal): void {
  program
    .command("selftest")
    .description("every deliberately broken engine and host against every clause, and the conforming engines against all")
    .option(
      "--only <clause or break,...>",
      "these breaks only, without the conforming engines",
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option("--seed <n>", "number from which all cases follow (default: 1)")
    .option("--cases <n>", "most cases per break (default: 400)")
    .option("--workers <n>", "worker processes (default: what the machine has)")
    .option("--write", "keep the matrix as the data that the README shows")
    .action((given: Record<string, unknown>) =>
      run(import("./selftest.js").then(({ selftestCommand }) => selftestCommand(given, terminal))),
    );
}

function buildProgram(terminal: Terminal, outcome: Outcome): Command {
  const program = new Command("ctxspec");
  const run: Run = (work) =>
    work.then((code) => {
      outcome.exitCode = code;
    });
  program
    .description(
      "Conformance tests for context engines: generated host sequences, judged clause by clause, shrunk to the smallest failing case.",
    )
    .version(toolVersion(), "-V, --version", "the version of ctxspec")
    .helpOption("-h, --help", "help for a command")
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: terminal.out,
      writeErr: () => {},
      getOutHelpWidth: () => terminal.width,
      getErrHelpWidth: () => terminal.width,
    })
    .addHelpText(
      "after",
      "\nExit codes: 0 conforms, 1 violated, 2 wrong usage, 3 engine not loadable, 4 inconclusive, 5 flaky, 70 a fault of ctxspec.",
    );
  addOptions(program.command("certify", { isDefault: true }).argument("[engine...]", SEVERAL_ENGINES), "all")
    .description("run a campaign against an engine, judge it, report")
    .action((engines: string[], given: Record<string, unknown>) =>
      run(import("./certify.js").then(({ certifyCommand }) => certifyCommand(engines, given, terminal))),
    );
  addOptions(
    program.command("replay").argument("<case>", "a *.case.json file").argument("[engine]", ENGINE_ARGUMENT),
    REPLAY_OPTIONS,
  )
    .description("play one saved case again: which clauses it violates, and the case drawn")
    .action((file: string, engine: string | undefined, given: Record<string, unknown>) =>
      run(import("./replay.js").then(({ replayCommand }) => replayCommand(file, engine, given, terminal))),
    );
  addVerify(program, run, terminal);
  addMerge(program, run, terminal);
  addInit(program, run, terminal);
  program
    .command("list")
    .argument("<what>", "clauses, hosts, engines or reports")
    .description("list what there is")
    .action((what: string) => run(import("./list.js").then(({ listCommand }) => listCommand(what, terminal))));
  program
    .command("explain")
    .argument("<clause>", "id of a clause")
    .description("the requirement, its source, its pair, the published bugs, and a smallest violating case")
    .action((clause: string) => run(import("./explain.js").then(({ explainCommand }) => explainCommand(clause, terminal))));
  addOptions(program.command("doctor").argument("[engine]", ENGINE_ARGUMENT), DOCTOR_OPTIONS)
    .description("is the adapter wired right: what the engine declares, which profiles and clauses apply")
    .action((engine: string | undefined, given: Record<string, unknown>) =>
      run(import("./doctor.js").then(({ doctorCommand }) => doctorCommand(engine, given, terminal))),
    );
  addSelftest(program, run, terminal);
  return program;
}

/** Names kept for commands to come. */
const RESERVED = ["check-trace"];

/** A first word that is nearly a command and names no engine is a misspelt command, not an engine. */
function refuseMisspelt(program: Command, argv: readonly string[]): void {
  const [word] = argv;
  if (word === undefined || word.startsWith("-") || /[./\\@]/.test(word)) return;
  const commands = program.commands.map((command) => command.name());
  if (word === "help" && argv[1] !== undefined && !commands.includes(argv[1]))
    throw new CtxspecError(
      "usage-option",
      `there is no command "${argv[1]}"`,
      `${didYouMean(argv[1], commands)}ctxspec --help lists them`,
    );
  if (RESERVED.includes(word))
    throw new CtxspecError("usage-option", `${word} is a command that is not there yet`, "ctxspec --help lists those that are");
  if (commands.includes(word) || word === "help" || engineNames().includes(word)) return;
  const meant = nearest(word, commands);
  if (meant !== undefined && meant.length > 3)
    throw new CtxspecError(
      "usage-option",
      `there is no command "${word}"`,
      `did you mean "${meant}"? For an engine of that name: ctxspec certify ${word}`,
    );
}

/** Flags of the command that was being called, for the nearest match. */
function flagsOf(program: Command, argv: readonly string[]): string[] {
  const command = program.commands.find((one) => one.name() === argv[0]) ?? program.commands[0];
  return (command?.options ?? []).flatMap((option) => (option.long === undefined ? [] : [option.long]));
}

/** What other tools call an option of ours. */
const OTHER_NAMES: Record<string, string> = {
  "--profile": "--host",
  "--profiles": "--host",
  "--clause": "--only",
  "--clauses": "--only",
  "--output": "--out",
  "--format": "--report",
  "--reporter": "--report",
  "--runs": "--cases",
  "--timeout": "--call-timeout",
};

function meantFlag(flag: string, flags: readonly string[]): string {
  const other = OTHER_NAMES[flag];
  return other !== undefined && flags.includes(other) ? `did you mean "${other}"? ` : didYouMean(flag, flags);
}

/** Where a command takes no more words: what they may have been meant for. */
function meantWords(name: string, words: readonly string[], flags: readonly string[]): string {
  const named = words.filter((word) => clauseIds().includes(word.split("/")[0] ?? ""));
  if (named.length > 0 && flags.includes("--only")) return `did you mean ctxspec ${name} --only ${named.join(",")}? `;
  return "names in a list are separated by commas, without spaces; ";
}

/** What commander refused, as one of our errors. */
function usageError(error: CommanderError, program: Command, argv: readonly string[]): CtxspecError {
  const message = error.message.replace(/^error: /, "");
  const flag = error.code === "commander.unknownOption" ? /'(--?[^'=]*)/.exec(message)?.[1] : undefined;
  const name = program.commands.find((command) => command.name() === argv[0])?.name() ?? "certify";
  const seeHelp = `ctxspec ${name} --help shows what it takes`;
  const flags = flagsOf(program, argv);
  const words = error.code === "commander.excessArguments" ? meantWords(name, argv.slice(1), flags) : "";
  const hint = `${flag === undefined ? words : meantFlag(flag, flags)}${seeHelp}`;
  return new CtxspecError("usage-option", message, hint);
}

/** Runs one command line (without node and script); answers the exit code. Never throws. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const outcome: Outcome = { exitCode: 0 };
  const program = buildProgram(terminal, outcome);
  for (const command of program.commands) command.exitOverride().showSuggestionAfterError(false).copyInheritedSettings(program);
  try {
    refuseMisspelt(program, argv);
    await program.parseAsync(argv, { from: "user" });
    return outcome.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const error = thrown instanceof CommanderError ? usageError(thrown, program, argv) : asCtxspecError(thrown);
    terminal.err(failureText(error, terminal.errPaint, isVerbose(argv.includes("--verbose"))));
    return error.exitCode;
  }
}
