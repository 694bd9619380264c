// The zod schemas of everything that crosses a file or process boundary.

export * from "./baseline.js";
export * from "./case.js";
export * from "./certificate.js";
export { historySchema } from "./history.js";
export { reportBaseline, reportClause, reportFinding, reportSchema } from "./report.js";
export { authorSays } from "./report-part.js";
