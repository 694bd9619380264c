import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Report, ReportFormat } from "../define/index.js";
import { packageRoot } from "./package-root.js";
import { scratchFolder, typed } from "./terminal.fixture.js";

vi.mock("../discover.js", async (original) => {
  const discover = await original<typeof import("../discover.js")>();
  const broken: ReportFormat = {
    id: "junit",
    about: "fails",
    file: "junit.xml",
    render: () => {
      throw new Error("injected into a reporter");
    },
  };
  const reportFormats = async () => (await discover.reportFormats()).map((format) => (format.id === "junit" ? broken : format));
  return { ...discover, reportFormats };
});

const QUICK = ["pass-through", "--cases", "1", "--host", "openclaw-2026.9", "--only", "contract-shape", "--quiet"];
const CLI = path.join(packageRoot(), "dist", "src", "cli.js");

describe("a reporter that fails", () => {
  it("ends with 70 and its name; the other reports are there", async () => {
    const folder = scratchFolder();
    const ran = await typed(["certify", ...QUICK, "--report", "text,junit,markdown"], folder);
    expect(ran.exitCode).toBe(70);
    expect(ran.err).toContain("the report format junit failed: injected into a reporter");
    expect(ran.err).toContain("a fault of ctxspec itself, not of the engine");
    expect(ran.out).toContain("contract-shape");
    const report = JSON.parse(readFileSync(path.join(folder, "ctxspec-report", "report.json"), "utf8")) as Report;
    expect(report.clauses.flatMap((clause) => clause.findings)).toEqual([]);
    expect(existsSync(path.join(folder, "ctxspec-report", "junit.xml"))).toBe(false);
  });
});

describe("a folder that cannot be written", () => {
  it("is found before the first case", async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "file"), "");
    const ran = await typed(["certify", ...QUICK, "--out", "file/below"], folder);
    expect(ran).toMatchObject({ exitCode: 2, out: "" });
    expect(ran.err).toContain("cannot write to");
  });

  it.skipIf(process.platform === "win32" || !existsSync(CLI))(
    "or full at the end: said, the text report is shown all the same",
    () => {
      const folder = scratchFolder();
      // Files of more than 4 kB fail as on a full disk.
      const line = `ulimit -f 8; exec "${process.execPath}" "${CLI}" certify ${QUICK.join(" ").replace("--only contract-shape ", "")}`;
      const ran = spawnSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
      expect(ran.status).toBe(2);
      expect(ran.stderr).toContain("report.json: EFBIG");
      expect(ran.stderr).toContain("(out-unwritable, exit 2)");
      expect(ran.stdout).toContain("contract-results");
      expect(existsSync(path.join(folder, "ctxspec-report", "report.json"))).toBe(false);
    },
  );
});
