// `npm run fidelity -- <folder>…`: plays every trace below the folders and prints "same" or the first difference for each, and the count.
// Exit code 0 when all are the same, 1 when one differs, 2 when there is nothing to compare.

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Found, tracesIn } from "./folder.js";
import { knownReason } from "./known-differences.js";
import { type Fidelity, fidelityOf } from "./play.js";
import type { Trace } from "./trace.js";

/** The recordings that come with the source. */
const OWN_TRACES = "src/data/host-traces";

export interface Printed {
  lines: string[];
  same: boolean;
}

async function report(found: Found): Promise<Printed> {
  if ("error" in found) return { lines: [`${found.path}  unreadable`, `    ${found.error}`], same: false };
  return printed(found.trace, await fidelityOf(found.trace));
}

/** What is printed about one trace. */
export function printed(trace: Trace, fidelity: Fidelity): Printed {
  const notes = fidelity.notes.map((note) => `    note: ${note}`);
  if (fidelity.verdict === "same") return { lines: [`${trace.name}  same`, ...notes], same: true };
  if (fidelity.verdict === "fault") {
    return {
      lines: [`${trace.name}  the host failed`, ...fidelity.message.split("\n").map((line) => `    ${line}`), ...notes],
      same: false,
    };
  }
  const { difference } = fidelity;
  const reason = knownReason(trace.name, difference);
  const lines = [
    `${trace.name}  differs at call ${difference.call}: ${difference.field}${reason === undefined ? "" : ` (known: ${reason})`}`,
    `    expected  ${difference.expected}`,
    `    got       ${difference.got}`,
    ...difference.context.map((line) => `    ${line}`),
  ];
  return { lines: [...lines, ...notes], same: false };
}

export async function main(folders: string[], print: (line: string) => void): Promise<number> {
  let same = 0;
  let all = 0;
  for (const folder of folders.length === 0 ? [OWN_TRACES] : folders) {
    const found = await tracesIn(resolve(folder)).catch((error: unknown) => {
      print(
        `cannot read ${folder}: expected a folder of recorded traces (JSON files); ${error instanceof Error ? error.message : String(error)}`,
      );
      return [];
    });
    for (const one of found) {
      const { lines, same: isSame } = await report(one);
      for (const line of lines) print(line);
      all += 1;
      if (isSame) same += 1;
    }
  }
  print(all === 0 ? "no traces found" : `${same} of ${all} same, ${all - same} not`);
  return all === 0 ? 2 : same === all ? 0 : 1;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
}
