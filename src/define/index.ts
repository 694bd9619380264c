// The vocabulary in one import: types, lists of words, errors. The zod schemas are in schemas.ts, so that a process which checks nothing
// starts without them.

export type * from "./baseline.js";
export type * from "./case.js";
export type * from "./certificate.js";
export * from "./clause.js";
export * from "./engine.js";
export * from "./errors.js";
export type * from "./history.js";
export * from "./loaded.js";
export type * from "./message.js";
export type * from "./policy.js";
export * from "./profile.js";
export type * from "./report.js";
export type * from "./report-part.js";
export * from "./words.js";
export type * from "./world.js";
