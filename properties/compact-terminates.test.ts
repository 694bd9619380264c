import { describe, expect, it } from "vitest";
import type { Event, History } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./compact-terminates.js";

const subject = subjectOf();

function asked(times: number, mode = "same", method: "compact" | "maintain" = "compact"): History {
  const h = historyOf();
  h.turn("s1", "a")
    .view([])
    .commit([user("one"), reply("two")])
    .end();
  h.compact("s2", "a", { requests: Array.from({ length: times }, () => "text") });
  const change = (event: Event): Event => {
    if (event.kind === "summariser") return { ...event, mode };
    return event.kind === "call" && event.method === "compact" ? { ...event, method } : event;
  };
  return { ...h.done(), events: h.done().events.map(change) };
}

describe("compact-terminates", () => {
  it("accepts four calls and one for each message", () => {
    expect(clause.check(asked(6), [], subject)).toEqual([]);
    expect(clause.check(asked(6, "healthy"), [], subject)).toEqual([]);
  });

  it("names more, in compact and in maintain", () => {
    const [finding] = clause.check(asked(7), [], subject);
    expect(finding?.message).toContain("compact in step s2 asked the summariser far too often");
    expect(finding?.actual).toBe("7 calls");
    expect(clause.check(asked(7, "error", "maintain"), [], subject)[0]?.message).toContain("maintain");
  });

  it("names a call that never ended after it had asked", () => {
    const history = asked(1, "hang");
    const events = history.events.map(
      (event): Event =>
        event.kind === "return" && event.step === "s2"
          ? {
              i: event.i,
              step: event.step,
              kind: "throw",
              call: event.call,
              cause: "timeout",
              error: { name: "CallTimeout", message: "30 s", isError: true },
            }
          : event,
    );
    expect(clause.check({ ...history, events }, [], subject)[0]?.message).toContain("never ended (summariser: hang)");
  });

  it("counts compacts that met a faulty summariser", () => {
    expect(clause.witness(asked(2), [], subject)).toBe(1);
    expect(clause.witness(asked(2, "healthy"), [], subject)).toBe(0);
    expect(clause.applies(subject, { "call.factory": 1 })).toMatchObject({ applies: false });
  });
});
