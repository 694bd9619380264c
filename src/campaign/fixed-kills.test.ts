import { describe, expect, it } from "vitest";
import type { Case, History, Step } from "../define/index.js";
import { repeatable, withKillsFixed } from "./fixed-kills.js";
import { caseOf, stubHistory, turn } from "./stand-in.fixture.js";

type When = Extract<Extract<Step, { kind: "kill" }>["point"], { where: "call" }>["when"];
const kill = (id: string, step: string, when: When): Step => ({
  id,
  at: 0,
  kind: "kill",
  point: { where: "call", step, method: "commitTurn", nth: 1, when },
});
const struck = (theCase: Case, step: string, writes: number): History => {
  const history = stubHistory(theCase);
  history.events.push({ i: history.events.length, step, kind: "host", what: "killed", detail: { method: "commitTurn", writes } });
  return history;
};
const elapsed: When = { moment: "elapsed", ms: 5 };

describe("kills by time", () => {
  it("are what makes a case unrepeatable", () => {
    expect(repeatable(caseOf([kill("s1", "s2", { moment: "write", n: 2 }), turn("s2", 1)]))).toBe(true);
    expect(repeatable(caseOf([kill("s1", "s2", elapsed), turn("s2", 1)]))).toBe(false);
  });

  it("are put where they struck, or left out", () => {
    const theCase = caseOf([kill("s1", "s2", elapsed), turn("s2", 1), kill("s3", "s4", elapsed), turn("s4", 1)]);
    const whens = (fixed: Case) =>
      fixed.steps.map((step) => (step.kind === "kill" && step.point.where === "call" ? step.point.when : step.id));
    expect(whens(withKillsFixed(theCase, struck(theCase, "s2", 3)))).toEqual([{ moment: "write", n: 4 }, "s2", "s4"]);
    expect(whens(withKillsFixed(theCase, struck(theCase, "s4", 0)))).toEqual(["s2", elapsed, "s4"]);
  });
});
