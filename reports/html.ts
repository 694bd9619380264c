// One page to look at and to pass on: no network, light and dark, for a phone, a printer, a keyboard and a screen reader.

import { defineReport } from "../src/define/index.js";
import { pageOf } from "./html/page.js";

export default defineReport({
  id: "html",
  about: "one self-contained page: matrix, every violation as a timeline, coverage",
  file: "report.html",
  render: (report) => pageOf(report),
});
