import { describe, expect, it } from "vitest";
import type { Case, Clause, History } from "../define/index.js";
import { type Judge, judgeCase, type TwinChoice } from "./judge-case.js";
import {
  answersDiffer,
  caseOf,
  findingAt,
  limitClause,
  stubClause,
  stubHistory,
  stubLoaded,
  turn,
  twinClause,
} from "./stand-in.fixture.js";
import { subjectOf } from "./subject.js";

const CASE = caseOf([turn("s1", 1), turn("s2", 60), turn("s3", 3)]);
const CHOICE: TwinChoice = { plan: "rotate", always: [], turn: 0, watch: false };

function judgeWith(clauses: Clause[], play: (theCase: Case) => History = stubHistory) {
  const plays: number[] = [];
  const judge: Judge = {
    subject: subjectOf(stubLoaded.declared, {}, CASE.host),
    clauses,
    factsOf: () => ({ seen: 1 }),
    difference: answersDiffer,
    play: async (theCase) => {
      plays.push(theCase.steps.length);
      return play(theCase);
    },
  };
  return { judge, plays };
}

const twins = ["a", "b", "c"].map((id) => twinClause(id, () => false));
const asking = (outcome: { judged: { clause: string; witness: number }[] }) =>
  outcome.judged.filter((said) => said.witness > 0).map((said) => said.clause);

describe("judging one case", () => {
  it("counts, and leaves out clauses with nothing to say", async () => {
    const { judge } = judgeWith([limitClause("limit", 50), stubClause("idle", { witness: () => 0 })]);
    const outcome = await judgeCase(CASE, judge, CHOICE);
    expect(outcome).toMatchObject({ steps: 3, engineCalls: 3, facts: { seen: 1 }, skipped: [] });
    expect(outcome.judged).toMatchObject([{ clause: "limit", witness: 6, findings: [{ message: "s2 answered 60" }] }]);
  });

  it("gives one twin clause its twins, chosen by turn, the same every time", async () => {
    for (const [turnNumber, expected] of [
      [0, "a"],
      [3, "b"],
      [4, "b"],
      [17, "c"],
    ] as const) {
      const { judge, plays } = judgeWith(twins);
      expect(asking(await judgeCase(CASE, judge, { ...CHOICE, turn: turnNumber }))).toEqual([expected]);
      expect(plays).toEqual([3, 2]);
    }
  });

  it("passes on to the next clause when the chosen one asks for nothing", async () => {
    const { judge } = judgeWith([{ ...twinClause("a", () => false), twins: () => [] }, twinClause("b", () => false)]);
    expect(asking(await judgeCase(CASE, judge, CHOICE))).toEqual(["b"]);
  });

  it("lets clauses that seldom ask go first, two times in three", async () => {
    const clauses = [twinClause("key-distinct", () => false), twinClause("rare", () => false)];
    const first = async (turnNumber: number) => {
      const { judge } = judgeWith(clauses);
      return asking(await judgeCase(CASE, judge, { ...CHOICE, turn: turnNumber })).join();
    };
    expect(await Promise.all([0, 1, 2, 3, 4, 5].map(first))).toEqual(["key-distinct", "rare", "rare", "rare", "rare", "rare"]);
  });

  it("asks for twins without a tick first, in one case of twelve", async () => {
    const clauses = [twinClause("rare", () => false), twinClause("isolation-heartbeat-inert", () => false)];
    const turns = Array.from({ length: 26 }, (_, turnNumber) => turnNumber);
    const chosen = await Promise.all(
      turns.map(async (turnNumber) => {
        const { judge } = judgeWith(clauses);
        return asking(await judgeCase(CASE, judge, { ...CHOICE, turn: turnNumber })).join();
      }),
    );
    const first = turns.filter((turnNumber) => turnNumber % 3 !== 0 && chosen[turnNumber] === "isolation-heartbeat-inert");
    expect(first).toEqual([2, 14]);
  });

  it("plays those of a clause to which the history is suspicious as well", async () => {
    const { judge } = judgeWith([
      ...twins,
      { ...twinClause("wary", () => false), suspicious: (history) => history.events.length > 0 },
    ]);
    expect(asking(await judgeCase(CASE, judge, { ...CHOICE, turn: 0 }))).toEqual(["a", "wary"]);
  });

  it("plays all twins where asked to, and those of named clauses instead of one in turn", async () => {
    const all = judgeWith(twins);
    expect(asking(await judgeCase(CASE, all.judge, { ...CHOICE, plan: "all" }))).toEqual(["a", "b", "c"]);
    const named = judgeWith(twins);
    expect(asking(await judgeCase(CASE, named.judge, { ...CHOICE, always: ["c"], turn: 1 }))).toEqual(["c"]);
    const silent = judgeWith([...twins, { ...twinClause("d", () => false), twins: () => [] }]);
    expect(asking(await judgeCase(CASE, silent.judge, { ...CHOICE, always: ["d"], turn: 0 }))).toEqual(["a"]);
  });

  it("believes a twin only after both plays repeated themselves", async () => {
    const { judge, plays } = judgeWith([twinClause("twin", () => true)]);
    const outcome = await judgeCase(CASE, judge, CHOICE);
    expect(outcome.judged).toMatchObject([{ clause: "twin", findings: [{ message: "the twin differs" }] }]);
    expect(plays).toEqual([3, 2, 3, 2]);
  });

  it("calls an engine that does not repeat itself unstable, and says where", async () => {
    let plays = 0;
    const { judge } = judgeWith([twinClause("twin", () => true)], (theCase) => stubHistory(theCase, () => plays++));
    const outcome = await judgeCase(CASE, judge, CHOICE);
    expect(outcome.judged).toMatchObject([
      { clause: "twin", witness: 0, findings: [], unstable: "played twice, the case itself differed: the answers differ" },
    ]);
  });

  it("does not play again for a finding that needs no twin", async () => {
    const both = { ...twinClause("both", () => false), check: () => [findingAt(1, "plain")] };
    const { judge, plays } = judgeWith([both]);
    expect((await judgeCase(CASE, judge, CHOICE)).judged).toMatchObject([{ findings: [{ message: "plain" }] }]);
    expect(plays).toEqual([3, 2]);
  });

  it("judges nothing else once a host clause was violated", async () => {
    const host = stubClause("host-key", { who: "host", check: () => [findingAt(0, "wrong key")] });
    const { judge, plays } = judgeWith([limitClause("limit", 0), host, ...twins]);
    expect((await judgeCase(CASE, judge, CHOICE)).judged.map((said) => said.clause)).toEqual(["host-key"]);
    expect(plays).toEqual([3]);
  });

  it("plays twice on the watch, and says where the engine differed", async () => {
    let plays = 0;
    const { judge } = judgeWith([stubClause("calm")], (theCase) => stubHistory(theCase, () => plays++));
    expect((await judgeCase(CASE, judge, { ...CHOICE, watch: true })).unstable).toBe("the answers differ");
  });

  it("names the clause that throws", async () => {
    const broken = stubClause("broken", {
      witness: () => {
        throw new Error("oops");
      },
    });
    await expect(judgeCase(CASE, judgeWith([broken]).judge, CHOICE)).rejects.toThrow(
      /clause broken threw in witness \(host openclaw-2026\.9, case seed 1\)/,
    );
  });
});
