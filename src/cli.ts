#!/usr/bin/env node
// The executable: runs the command line in the real terminal and ends the process with its exit code, also when an engine or a library
// left something open.

import { runCommandLine } from "./commands/program.js";
import { realTerminal } from "./commands/terminal.js";

/** A reader that went away (`ctxspec list clauses | head -1`) is no error. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });

process.exitCode = await runCommandLine(process.argv.slice(2), await realTerminal());
for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write("", done));
process.exit();
