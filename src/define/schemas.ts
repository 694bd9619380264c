// The zod schemas of everything that crosses a file or process boundary.

export * from "./case.js";
export { historySchema } from "./history.js";
export { reportClause, reportFinding, reportSchema } from "./report.js";
export { authorSays } from "./report-part.js";
