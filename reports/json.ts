// The report as it is: what scripts read.

import { defineReport } from "../src/define/index.js";

export default defineReport({
  id: "json",
  about: "the whole report as JSON, for scripts",
  file: "report.json",
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
});
