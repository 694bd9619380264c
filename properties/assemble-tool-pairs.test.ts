import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { historyOf, reply, toolCall, toolResult, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-tool-pairs.js";
import historyOrder from "./history-order.js";

const subject = subjectOf();
const CALL = toolCall("c1", "read", { path: "AAAAAAAAAAA1" });
const RESULT = toolResult("c1", "read", "AAAAAAAAAAA2 the file says a lot of things");
const OTHER = toolCall("c2", "look", { path: "AAAAAAAAAAA3" });
const OTHER_RESULT = toolResult("c2", "look", "AAAAAAAAAAA4 nothing");
const ASK = user("AAAAAAAAAAA5 read it");
const DONE = reply("AAAAAAAAAAA6 done");
const WHOLE: Message[] = [ASK, CALL, RESULT, OTHER, OTHER_RESULT, DONE];

function shown(view: readonly (Message | AnyMessage)[], supplied: Message[] = WHOLE, delivered: Message[] = WHOLE) {
  const h = historyOf();
  h.turn("s1", "a").view([]).commit(delivered).end();
  h.turn("s2", "a")
    .view([...view] as AnyMessage[], { supplied })
    .end();
  return clause.check(h.done(), [], subject);
}

describe("assemble-tool-pairs", () => {
  it("accepts exchanges whole, gone, or with a shortened result", () => {
    expect(shown(WHOLE)).toEqual([]);
    expect(shown([ASK, DONE])).toEqual([]);
    expect(shown([ASK, OTHER, OTHER_RESULT, DONE])).toEqual([]);
    expect(shown([ASK, CALL, toolResult("c1", "read", "AAAAAAAAAAA2 the fi…"), DONE])).toEqual([]);
    expect(shown([ASK, CALL, toolResult("c1", "read", "[cleared to save room]"), DONE])).toEqual([]);
  });

  it("names a result without its call, and a call without its result", () => {
    expect(shown([ASK, RESULT, DONE])[0]?.message).toContain("a tool result without its call");
    const [finding] = shown([ASK, CALL, DONE]);
    expect(finding?.message).toContain("a tool call without its result");
    expect(finding?.expected).toContain("AAAAAAAAAAA1");
    expect(finding?.blame.length).toBe(3);
  });

  it("lets a fork begin with the open call that made it, and with no other", () => {
    const child = (mode: "fork" | "isolated", own: Message[]) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit([ASK, CALL, RESULT, DONE]).end();
      h.session("b", { contextMode: mode });
      const turn = h
        .turn("s2", "b", { kind: "child" })
        .view([])
        .ingest([...own, CALL, RESULT]);
      turn.view([ASK, CALL, ...own.slice(0, 1)], { supplied: [ASK] }).end();
      return clause.check(h.done(), [], subject);
    };
    expect(child("fork", [])).toEqual([]);
    expect(child("fork", [OTHER, OTHER_RESULT])[0]?.message).toContain("a tool call without its result");
    expect(child("isolated", [])[0]?.message).toContain("a tool call without its result");
  });

  it("names a torn exchange that came message by message", () => {
    const h = historyOf();
    h.turn("s1", "a").view([]).ingest(WHOLE).end();
    h.turn("s2", "a").view([ASK, RESULT, DONE], { supplied: WHOLE }).end();
    expect(clause.check(h.done(), [], subject)[0]?.message).toContain("a tool result without its call");
  });

  it("names a pair out of order, and one torn apart", () => {
    expect(shown([ASK, RESULT, CALL, DONE])).toHaveLength(1);
    expect(shown([ASK, CALL, DONE, RESULT])[0]?.message).toContain("torn from its call");
  });

  it("names another call's result and an invented one", () => {
    expect(shown([ASK, CALL, { ...OTHER_RESULT, toolCallId: "c1" }, DONE])[0]?.message).toContain("another call's result");
    expect(shown([ASK, CALL, toolResult("c1", "read", "Error: missing tool result"), DONE])[0]?.message).toContain("invented");
    expect(shown([ASK, CALL, { ...toolResult("c1", "read", "interrupted"), isError: true }, DONE])[0]?.message).toContain(
      "invented",
    );
  });

  it("asks of an exchange handed over the wrong way round or torn only that its real result is not replaced", () => {
    const note = { role: "custom", customType: "note", content: "at work", display: true, timestamp: 1 } as Message;
    const invented = toolResult("c1", "read", "Error: missing tool result");
    for (const handed of [
      [ASK, RESULT, CALL, DONE],
      [ASK, CALL, note, RESULT, DONE],
    ] as Message[][]) {
      const seen = (view: Message[]) => shown(view, handed, handed);
      for (const view of [handed, [ASK, CALL, RESULT, DONE], [ASK, CALL, DONE], [ASK, RESULT, DONE], [ASK, DONE]])
        expect(seen(view)).toEqual([]);
      expect(seen([ASK, CALL, invented, DONE])[0]).toMatchObject({
        message: "A view in step s2 shows an invented result.",
        level: "should",
      });
      const order = (view: Message[]) => {
        const h = historyOf();
        h.turn("s1", "a").view([]).commit(handed).end();
        h.turn("s2", "a").view(view, { supplied: handed }).end();
        return historyOrder.check(h.done(), [], subject);
      };
      expect(order([ASK, CALL, RESULT, DONE])).toEqual([]);
      expect(order([DONE, ASK])).toHaveLength(1);
    }
  });

  it("knows a dangling result again under an id that the host has not written anew", () => {
    const unwritten = { ...RESULT, toolCallId: "call_1|fc_0" } as Message;
    expect(shown([unwritten, DONE], [RESULT, DONE], [])).toEqual([]);
    expect(shown([{ ...OTHER_RESULT, toolCallId: "call_1|fc_0" } as Message, DONE], [RESULT, DONE], [])).toHaveLength(1);
  });

  it("keeps exchanges apart whose ids repeat", () => {
    const again = toolCall("c1", "read", { path: "AAAAAAAAAAA7" });
    const againResult = toolResult("c1", "read", "AAAAAAAAAAA8 second");
    const both: Message[] = [ASK, CALL, RESULT, DONE, user("AAAAAAAAAAA9 more"), again, againResult];
    expect(shown(both, both, both)).toEqual([]);
    expect(shown([again, againResult], both, both)).toEqual([]);
    expect(shown([again, RESULT], both, both)[0]?.message).toContain("another call's result");
    expect(shown([ASK, CALL, RESULT, DONE, again], both, both)[0]?.message).toContain("without its result");
  });

  it("accepts new ids in both places of a pair", () => {
    expect(
      shown([ASK, { ...CALL, content: [{ ...CALL.content[0], id: "t1:c1" }] } as Message, { ...RESULT, toolCallId: "t1:c1" }]),
    ).toEqual([]);
  });

  it("accepts what dangled in the supply or in a delivery: kept, closed or dropped", () => {
    const dangling: Message[] = [ASK, CALL, user("AAAAAAAAAAA9 go on")];
    expect(shown(dangling, dangling, [])).toEqual([]);
    expect(shown([ASK, CALL, toolResult("c1", "read", "Error: missing tool result"), DONE], dangling, [])).toEqual([]);
    expect(shown([ASK], dangling, [])).toEqual([]);
    expect(shown([RESULT], [RESULT], [])).toEqual([]);
    expect(shown([ASK, RESULT], [], [RESULT, DONE])).toEqual([]);
  });

  it("pairs over separate deliveries", () => {
    const h = historyOf({ host: "openclaw-2026.5" });
    h.turn("s1", "a").view([]).ingestBatch([ASK, CALL]).ingestBatch([RESULT]).end();
    h.turn("s2", "a")
      .view([ASK, CALL] as unknown as AnyMessage[])
      .end();
    expect(clause.check(h.done(), [], subject)).toHaveLength(1);
  });

  it("names calls in the words of another API by their orphaned result", () => {
    const odd = { ...CALL, content: [{ type: "toolUse", id: "c1", name: "read", input: {} }] };
    expect(shown([ASK, odd, RESULT])[0]?.message).toContain("without its call");
  });

  it("warns of a later view of a turn that keeps what its tools just answered from the model", () => {
    const again = (view: readonly Message[], budget = 90_000, kind: "ordinary" | "heartbeat-shared" = "ordinary") => {
      const h = historyOf();
      h.turn("s1", "a", { kind })
        .view([ASK], { supplied: [ASK] })
        .view([...view] as unknown as AnyMessage[], { supplied: [ASK, CALL, RESULT], phase: "assemble-again", budget })
        .commit([ASK, CALL, RESULT])
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(again([ASK, CALL, RESULT])).toEqual([]);
    expect(again([ASK, user("The file says: AAAAAAAAAAA2")])).toEqual([]);
    expect(again([ASK])).toMatchObject([{ level: "should" }]);
    expect(again([ASK])[0]?.message).toContain("nothing of what the running turn's tools just answered");
    expect(again([ASK], 40)).toEqual([]);
    expect(again([ASK], 90_000, "heartbeat-shared")).toEqual([]);
  });

  it("counts views that dropped something while tools were about", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .view([], { supplied: WHOLE })
      .view([], { supplied: [ASK] })
      .view([...WHOLE] as unknown as AnyMessage[], { supplied: WHOLE })
      .end();
    expect(clause.witness(h.done(), [], subject)).toBe(1);
  });
});
