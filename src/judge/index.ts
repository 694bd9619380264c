// What clauses import: the index of a history and the pure questions two or more of them ask.

export * from "./build.js";
export * from "./cross.js";
export * from "./facts.js";
export * from "./facts-count.js";
export * from "./leak.js";
export * from "./left-out.js";
export * from "./likeness.js";
export * from "./look-alike.js";
export * from "./play-form.js";
export * from "./session.js";
export * from "./size.js";
export * from "./texts.js";
export * from "./twin-compare.js";
export * from "./twins.js";
