// Generating and shrinking cases: pure functions of plain data. No engine, no host, no I/O.

export type { Aim } from "./aims/aim.js";
export { AIMS, aimsFor } from "./aims/index.js";
export { caseArbitrary } from "./case-arbitrary.js";
export { type CaseOptions, caseFor, casesAimedAt, clausesAimedAt, GENERATOR_VERSION } from "./case-for.js";
export { CASE_CLASSES, type CaseClass, classOf, rankInClass } from "./classes.js";
export type { Mix } from "./habits.js";
export { shrinkCandidates } from "./shrink/passes.js";
export { DEFAULT_SHRINK_RUNS, type ShrinkOptions, type Shrunk, shrinkCase } from "./shrink/shrink-case.js";
export type { Played, Violates } from "./shrink/verdicts.js";
