// The vocabulary in one import. Types and zod only; no behaviour.

export * from "./case.js";
export * from "./clause.js";
export * from "./engine.js";
export * from "./errors.js";
export * from "./history.js";
export * from "./loaded.js";
export * from "./message.js";
export * from "./policy.js";
export * from "./profile.js";
export * from "./report.js";
export * from "./world.js";
