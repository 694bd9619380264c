import { describe, expect, it } from "vitest";
import { certify } from "../index.js";

const factory = () => {
  throw new Error("never made");
};

describe("clauses that an adapter names", () => {
  it.each([
    [{ claims: ["history-no-los"] }, 'claims "history-no-los"', 'did you mean "history-no-loss"?'],
    [{ excuses: [{ clause: "isolation-tik", reason: "known" }] }, 'excuses "isolation-tik"', 'did you mean "isolation-tick"?'],
  ])("%j: an error that names the nearest", async (about, message, hint) => {
    const report = await certify({ engine: { factory, ...about }, cases: 1, workers: 0 });
    expect(report).toMatchObject({ verdict: "error", exitCode: 3, error: { code: "engine-adapter" } });
    expect(report.error?.message).toContain(message);
    expect(report.error?.hint).toContain(hint);
  });
});
