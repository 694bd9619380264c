// The kill matrix as it is kept: src/data/kill-matrix.json, written by `ctxspec selftest --write`, read for the README.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Selftest } from "../campaign/selftest.js";
import { packageRoot } from "./package-root.js";

export const KILL_MATRIX_FILE = "src/data/kill-matrix.json";

const killMatrix = z.strictObject({
  seed: z.number(),
  breaks: z.array(
    z.strictObject({
      id: z.string(),
      clause: z.string(),
      broken: z.enum(["engine", "host"]),
      base: z.string(),
      /** Cases to the first kill by its own clause; absent: it survived. */
      cases: z.number().optional(),
      others: z.array(z.string()),
    }),
  ),
  engines: z.array(z.string()),
  accused: z.number(),
});
export type KillMatrix = z.infer<typeof killMatrix>;

export function killMatrixOf(result: Selftest): KillMatrix {
  return {
    seed: result.seed,
    breaks: result.breaks.map(({ id, clause, broken, base, killed, others }) => ({
      id,
      clause,
      broken,
      base,
      ...(killed === undefined ? {} : { cases: killed.cases }),
      others,
    })),
    engines: result.engines.map(({ name }) => name),
    accused: result.accused.length,
  };
}

/** Undefined before the first `selftest --write`. */
export function readKillMatrix(): KillMatrix | undefined {
  const file = path.join(packageRoot(), KILL_MATRIX_FILE);
  return existsSync(file) ? killMatrix.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
