import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Certificate } from "../define/index.js";
import { certificateSchema } from "../define/schemas.js";
import { clauses } from "../discover.js";
import { detectionPower, detectionPowerOf } from "./detection.js";
import { type Run, scratchFolder, typed } from "./terminal.fixture.js";

const QUICK = ["--host", "openclaw-2026.7", "--only", "contract-shape", "--cases", "5", "--quiet"];
const ENGINE = `import { shown } from "./shown.mjs";
export default () => ({
  info: { id: "mine", name: "Mine" },
  ingest: async () => ({ ingested: false }),
  assemble: async ({ messages }) => ({ messages: shown(messages), estimatedTokens: 0 }),
  compact: async () => ({ ok: true, compacted: false }),
});`;
const ALL = "export const shown = (messages) => messages;";
const LAST = "export const shown = (messages) => messages.slice(-1);";

let folder: string;
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
const run = (...line: string[]): Promise<Run> => typed(line, folder);
const certify = (...options: string[]): Promise<Run> =>
  run("certify", "./engine.mjs", ...QUICK, "--certificate", "c.json", ...options);
const certificate = (name = "c.json"): Certificate => certificateSchema.parse(JSON.parse(read(name)));

beforeEach(() => {
  folder = scratchFolder();
  write("engine.mjs", ENGINE);
  write("shown.mjs", ALL);
});

describe("certify --certificate and verify", () => {
  test("the same engine holds; another file or another behaviour does not", async () => {
    const certified = await certify();
    expect(certified.err).toBe("");
    expect(certified.exitCode).toBe(0);
    expect(certified.out).toMatch(
      /^Certificate: c\.json, sha256 [0-9a-f]{64}, not signed; 3 of 3 sampled cases to compare with$/m,
    );
    const { body } = certificate();
    expect(Object.keys(body.engine.files)).toEqual(["engine.mjs", "shown.mjs"]);
    expect(body.clauses).toMatchObject([{ id: "contract-shape", host: "openclaw-2026.7", verdict: "passed", cases: 5 }]);
    expect(body.notJudged.clauses).toContain("isolation-tick");
    expect(readdirSync(folder).sort()).toEqual(["c.json", "ctxspec-report", "engine.mjs", "shown.mjs"]);

    for (const line of [["c.json"], ["c.json", "./engine.mjs"]]) {
      const { exitCode, out } = await run("verify", ...line);
      expect(out).toContain("Certificate of Mine (./engine.mjs)");
      expect(out).toContain("ok      digests: every part is as it was sealed");
      expect(out).toContain("none    signature: anyone can write such a certificate");
      expect(out).toContain("ok      files: 2 files are the same");
      expect(out).toContain("ok      replay: 3 of 3 sampled cases were played as certified");
      expect(exitCode).toBe(0);
    }

    write("shown.mjs", `${ALL}\n`);
    const edited = await run("verify", "c.json");
    expect(edited.exitCode).toBe(1);
    expect(edited.out).toContain(
      "FAILED  files: the engine's files are not those that were certified (1 of 2)\n          shown.mjs was changed",
    );
    expect(edited.out).toContain("ok      replay");

    write("shown.mjs", LAST);
    const other = await run("verify", "c.json");
    expect(other.exitCode).toBe(1);
    expect(other.out).toMatch(/^FAILED {2}replay: \d of 3 sampled cases were not played as certified$/m);

    renameSync(path.join(folder, "engine.mjs"), path.join(folder, "moved.mjs"));
    const gone = await run("verify", "c.json");
    expect(gone.exitCode).toBe(3);
    expect(gone.err).toContain('the engine "./engine.mjs" does not exist');
    expect(gone.err).toContain("ctxspec verify c.json <engine>");
  });

  test("a plugin folder is certified with the certificate and the reports in it", async () => {
    mkdirSync(path.join(folder, "plugin"));
    const plugin = `export default { register(api) { api.registerContextEngine("mine", ${ENGINE.slice(ENGINE.indexOf("() =>"), -1)}); } };`;
    write("plugin/index.mjs", plugin.replace("shown(messages)", "messages"));
    write("plugin/package.json", JSON.stringify({ name: "p", version: "1.2.3", openclaw: { extensions: ["./index.mjs"] } }));
    write("plugin/openclaw.plugin.json", JSON.stringify({ id: "p", kind: "context-engine", configSchema: {} }));
    const where = ["--certificate", "plugin/c.json", "--out", "plugin/out"];
    for (let time = 0; time < 2; time++) {
      const { exitCode, err } = await run("certify", "./plugin", ...QUICK, ...where);
      expect(err).toBe("");
      expect(exitCode).toBe(0);
    }
    const { engine } = certificate("plugin/c.json").body;
    expect(engine).toMatchObject({ kind: "plugin", version: "1.2.3", leftOut: ["c.json", "out"] });
    expect(Object.keys(engine.files)).toEqual(["index.mjs", "openclaw.plugin.json", "package.json"]);
    expect((await run("verify", "plugin/c.json")).exitCode).toBe(0);
    write("plugin/new.mjs", "");
    const { exitCode, out } = await run("verify", "plugin/c.json");
    expect(out).toContain("new.mjs is new");
    expect(exitCode).toBe(1);
  });

  test("a signature is of the key that signed", async () => {
    for (const name of ["mine", "other"]) {
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      write(`${name}.pem`, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
      write(`${name}.pub.pem`, publicKey.export({ type: "spki", format: "pem" }).toString());
    }
    expect((await certify("--sign", "mine.pem")).exitCode).toBe(0);
    const { signer } = certificate().body;
    expect(read("c.json")).not.toContain("PRIVATE");
    const trusted = await run("verify", "c.json", "--key", "mine.pub.pem");
    expect(trusted.out).toContain(`signature: of the key that was given, ${signer}`);
    expect(trusted.exitCode).toBe(0);
    const wrong = await run("verify", "c.json", "--key", "other.pub.pem");
    expect(wrong.exitCode).toBe(1);
    expect(wrong.out).toContain("it is signed by another key");
    expect(wrong.out).toContain("the engine was not looked at");
    expect((await run("verify", "c.json", "--key", "engine.mjs")).err).toContain("key-invalid");
  });

  test("a changed byte fails before the engine is run, and says what it was in", async () => {
    await certify();
    write("c.json", read("c.json").replace(/("run":\{.*?"seed":)1/s, "$12"));
    write("engine.mjs", "throw new Error('I was run');");
    const { exitCode, out, err } = await run("verify", "c.json");
    expect(exitCode).toBe(1);
    expect(out).toContain("- body.run was changed");
    expect(`${out}${err}`).not.toContain("I was run");
  });

  test("a run that does not conform is not certified, and an older certificate stays", async () => {
    await certify();
    const before = read("c.json");
    const { exitCode, err } = await run("certify", "./engine.mjs", ...QUICK, "--cases", "0", "--certificate", "c.json");
    expect(exitCode).toBe(4);
    expect(err).toBe(
      'No certificate: the verdict is "inconclusive", and only a run that conforms is certified. c.json was not written; the report says more.\n',
    );
    expect(read("c.json")).toBe(before);
  });

  test("an engine that is rewritten during the run is not certified; the report is there", async () => {
    write(
      "shown.mjs",
      `import { writeFileSync } from "node:fs";\nexport const shown = (messages) => { writeFileSync(${JSON.stringify(path.join(folder, "shown.mjs"))}, ${JSON.stringify(ALL)}); return messages; };`,
    );
    const { exitCode, err } = await certify();
    expect(exitCode).toBe(3);
    expect(err).toContain("engine-changed");
    expect(existsSync(path.join(folder, "c.json"))).toBe(false);
    expect(JSON.parse(read("ctxspec-report/report.json"))).toMatchObject({ format: "ctxspec-report/1" });
  });
});

describe("wrong usage of certificates", () => {
  test.each([
    [["certify", "--sign", "k.pem"], "usage-option", "--sign needs --certificate"],
    [["certify", "--certificate", "c.json", "--sign", "k.pem"], "key-invalid", "--sign names"],
    [["certify", "--certificate", "c.json", "--sign", "engine.mjs"], "key-invalid", "no key in PEM form"],
    [["certify", "--certificate", "engine.mjs"], "usage-option", "a file that is no certificate; nothing was overwritten"],
    [["certify", "--certificate", "engine.mjs/c.json"], "out-unwritable", "Give --certificate a file"],
    [["certify", "--certificate", "."], "usage-option", "which is no file"],
    [["certify", "--certificate", "ctxspec-report/report.json"], "usage-option", "uses for something else"],
    [["verify"], "usage-option", "ctxspec verify --help"],
    [["verify", "none.json"], "certificate-unreadable", "cannot read the certificate"],
    [["verify", "engine.mjs"], "certificate-invalid", "expected JSON"],
    [["verify", "engine.mjs", "--key", "none.pem"], "key-invalid", "--key names"],
    [["verify", "engine.mjs", "--keys", "none.pem"], "usage-option", 'did you mean "--key"'],
  ])("%j: exit 2, nothing run, nothing written", async (line, code, message) => {
    const before = readdirSync(folder);
    const { exitCode, err, out } = await run(...line);
    expect(err).toContain(code);
    expect(err).toContain(message);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(readdirSync(folder)).toEqual(before);
    expect(read("engine.mjs")).toBe(ENGINE);
  });
});

describe("detection power", () => {
  const matrix = (ids: string[], killed: number) => ({
    seed: 1,
    breaks: ids.map((id, n) => ({
      id,
      clause: "x",
      broken: "engine" as const,
      base: "reference",
      others: [],
      ...(n < killed ? { cases: 3 } : {}),
    })),
    engines: ["reference", "window"],
    accused: 0,
  });

  test("is the kill rate of a matrix of this version's breaks, and not measured otherwise", async () => {
    const all = await clauses();
    const ids = all.flatMap((clause) => clause.breaks.map((one) => one.id));
    expect(detectionPowerOf(matrix(ids, ids.length - 1), all)).toEqual({
      measured: true,
      breaks: ids.length,
      killed: ids.length - 1,
      killRate: (ids.length - 1) / ids.length,
      conformingEngines: 2,
      accused: 0,
      seed: 1,
    });
    const ofKeys = ids.filter((id) => id.startsWith("key-distinct/")).length;
    expect(ofKeys).toBeGreaterThan(1);
    expect(detectionPowerOf(matrix(ids, ids.length), all, new Set(["key-distinct"]))).toMatchObject({
      breaks: ofKeys,
      killed: ofKeys,
    });
    expect(detectionPowerOf(matrix(ids.slice(1), 1), all)).toMatchObject({ measured: false });
    expect(detectionPowerOf(undefined, all)).toMatchObject({ measured: false, reason: expect.stringContaining("not measured") });
    const broken = () => {
      throw new Error("not a matrix");
    };
    expect(detectionPower(all, undefined, broken)).toEqual({
      measured: false,
      reason: "not measured: the kill matrix that is kept cannot be read (not a matrix)",
    });
  });
});
