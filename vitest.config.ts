// Runs every *.test.ts beside the code it tests; timings are noisy on shared machines, so limits are generous.
import { defineConfig } from "vitest/config";

/** Where .ci/run reads the numbers from; absent: no results file. */
const resultsFile = process.env.CTXSPEC_TEST_RESULTS;

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "properties/**/*.test.ts", "engines/**/*.test.ts", "reports/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    ...(resultsFile === undefined ? {} : { reporters: ["default", ["json", { outputFile: resultsFile }]] }),
  },
});
