import { expect, it } from "vitest";
import { readTrace } from "./trace.js";
import { ownTrace, traceOf } from "./traces.fixture.js";

it("says what is wrong with a file that is no trace, and where", () => {
  expect(() => readTrace({ records: 3 }, "x.json")).toThrow(/x\.json is not a trace/);
  expect(() => traceOf([{ hots: "turn" }])).toThrow(
    /z1\.json, record 1: expected a record with "host", "provider" or "call", got \["hots"\]/,
  );
  expect(() => traceOf([{ call: "assemble" }])).toThrow(/record 1/);
});

it("takes the release from the innermost folder that names one, else from the calls", () => {
  const release = (path: string, records: Record<string, unknown>[]) => traceOf(records, { engine: {} }, path).release;
  const call = (...params: string[]) => ({ call: "assemble", engine: 1, params });
  expect(release("/data/2026.9/openclaw-2026.5/a.json", [])).toBe("openclaw-2026.5");
  expect(release("/data/2026.7.35/a.json", [])).toBe("openclaw-2026.7");
  expect(release("/data/a.json", [call("sessionTarget")])).toBe("openclaw-2026.9");
  expect(release("/data/a.json", [call("runtimeSettings")])).toBe("openclaw-2026.7");
  expect(release("/data/a.json", [call("messages")])).toBe("openclaw-2026.5");
  expect(release("/data/a.json", [{ call: "factory", engine: 1, params: [] }])).toBe("openclaw-2026.9");
});

it("reads a maintain that rewrote the transcript as one call", async () => {
  const { records } = await ownTrace("openclaw-2026.5/w1");
  const maintains = records.flatMap((entry) => (entry.kind === "call" && entry.record.call === "maintain" ? [entry.record] : []));
  expect(maintains.map((record) => record.rewrote)).toEqual([undefined, "changed", "unchanged", undefined, undefined]);
  expect(maintains[1]).toMatchObject({ session: "S1", sessionFileEntries: 6, result: { changed: true } });
});
