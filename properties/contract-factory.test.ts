import { describe, expect, it } from "vitest";
import type { CallEvent } from "../src/define/index.js";
import { type HistoryWriter, historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-factory.js";

const subject = subjectOf();
const NAMES = ["agentDir", "config", "workspaceDir"];

/** A call of instance `engine`. */
function call(h: HistoryWriter, engine: number, method: CallEvent["method"], answer: { throws?: string } = {}, names = NAMES) {
  const phase = method === "factory" || method === "dispose" ? method : "assemble-first";
  h.addCall(
    { method, phase, engine, names, ...(phase === "assemble-first" ? { session: h.session("a") } : {}) },
    { result: {}, ...answer },
  );
}

describe("contract-factory", () => {
  it("accepts one instance after another, and two at once", () => {
    const h = historyOf();
    for (const engine of [1, 2]) for (const method of ["factory", "assemble"] as const) call(h, engine, method);
    for (const engine of [1, 2]) call(h, engine, "dispose");
    expect(clause.check(h.done(), [], subject)).toEqual([]);
    expect(clause.witness(h.done(), [], subject)).toBe(1);
  });

  it("names a factory that throws the second time", () => {
    const h = historyOf();
    call(h, 1, "factory");
    call(h, 2, "factory", { throws: "read-only phase" });
    const [finding] = clause.check(h.done(), [], subject);
    expect(finding?.message).toContain("called again");
    expect(finding?.actual).toContain("call 2: Error: read-only phase");
    expect(finding?.level).toBeUndefined();
  });

  it("warns only where the context was not full", () => {
    const h = historyOf();
    call(h, 1, "factory", { throws: "agentDir of undefined" }, []);
    expect(clause.check(h.done(), [], subject)[0]?.level).toBe("should");
  });

  it("warns of a factory that an empty context is too little for, after the case", () => {
    const h = historyOf();
    call(h, 1, "factory");
    const history = h.done();
    const error = { name: "TypeError", message: "config is undefined" };
    history.sparse = [{ names: [], error }, { names: ["config"] }];
    expect(clause.check(history, [], subject)).toMatchObject([
      { level: "should", message: expect.stringContaining("factory({})"), actual: "factory({}): TypeError: config is undefined" },
    ]);
    history.sparse = [{ names: [] }, { names: ["config"] }];
    expect(clause.check(history, [], subject)).toEqual([]);
  });

  it("names a call that fails beside another instance, if it had worked alone", () => {
    const beside = (first: HistoryWriter) => {
      call(first, 2, "factory");
      call(first, 2, "assemble", { throws: "locked" });
      return clause.check(first.done(), [], subject);
    };
    const worked = historyOf();
    call(worked, 1, "factory");
    call(worked, 1, "assemble");
    const [finding] = beside(worked);
    expect(finding?.message).toContain("while another instance was alive");
    expect(finding?.blame.length).toBe(4);
    const untried = historyOf();
    call(untried, 1, "factory");
    expect(beside(untried)).toEqual([]);
    const gone = historyOf();
    for (const method of ["factory", "assemble", "dispose"] as const) call(gone, 1, method);
    expect(beside(gone)).toEqual([]);
  });

  it("leaves a throw while a turn of the same session runs to the race clauses", () => {
    const beside = (running: string) => {
      const h = historyOf();
      call(h, 1, "factory");
      call(h, 1, "assemble");
      call(h, 2, "factory");
      const turn = h.turn("s1", running);
      call(h, 2, "assemble", { throws: "locked" });
      turn.end();
      return clause.check(h.done(), [], subject);
    };
    expect(beside("a")).toEqual([]);
    expect(beside("b")).toHaveLength(1);
  });
});
