import { describe, expect, it } from "vitest";
import type { CallEvent } from "../src/define/index.js";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-dispose.js";

const subject = subjectOf();
type Line = [engine: number, method: CallEvent["method"], throws?: string | undefined, process?: number];

function lives(...lines: Line[]) {
  const h = historyOf();
  for (const [engine, method, throws, process = 1] of lines) {
    const phase = method === "factory" || method === "dispose" ? method : "assemble-first";
    const about = phase === "assemble-first" ? { session: h.session("a") } : {};
    h.addCall({ method, phase, engine, process, ...about }, throws === undefined ? { result: {} } : { throws });
  }
  return h.done();
}

const FIRST: Line[] = [
  [1, "factory"],
  [1, "assemble"],
  [1, "dispose"],
];
const check = (...lines: Line[]) => clause.check(lives(...lines), [], subject);

describe("contract-dispose", () => {
  it("accepts later instances that work", () => {
    expect(check(...FIRST, [2, "factory"], [2, "assemble"])).toEqual([]);
    expect(clause.witness(lives(...FIRST, [2, "factory"], [2, "assemble"]), [], subject)).toBe(1);
  });

  it("names a later instance that a dispose broke", () => {
    const [finding] = check(...FIRST, [2, "factory"], [2, "assemble", "database is not open"]);
    expect(finding?.message).toContain("assemble of an instance made later threw");
    expect(finding?.actual).toContain("database is not open");
    expect(finding?.blame.length).toBe(4);
  });

  it("names a live instance that a dispose broke", () => {
    const found = check([1, "factory"], [2, "factory"], [2, "assemble"], [1, "dispose"], [2, "assemble", "not active"]);
    expect(found[0]?.message).toContain("a live instance");
  });

  it("does not blame a dispose for a method that never worked, nor one of another process", () => {
    expect(check([1, "factory"], [1, "dispose"], [2, "factory"], [2, "assemble", "broken"])).toEqual([]);
    expect(check(...FIRST, [1, "factory", undefined, 2], [1, "assemble", "broken", 2])).toEqual([]);
  });

  it("warns of a second dispose that throws", () => {
    expect(check(...FIRST, [1, "dispose", "already closed"])[0]?.level).toBe("should");
    expect(check([1, "factory"], [1, "dispose", "broken"])).toEqual([]);
  });
});
