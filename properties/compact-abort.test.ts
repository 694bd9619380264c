import { describe, expect, it } from "vitest";
import type { Event, History } from "../src/define/index.js";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./compact-abort.js";

const subject = subjectOf();

interface Aborted {
  tookMs?: number;
  timeout?: boolean;
  aborted?: boolean;
  later?: string;
}

function played({ tookMs = 5, timeout = false, aborted = true, later }: Aborted): History {
  const h = historyOf();
  h.turn("s1", "a").view([]).end();
  h.compact("s2", "a", { requests: ["text"] });
  const turn = h.turn("s3", "a");
  if (later === undefined) turn.view([]).end();
  else turn.call("assemble", "assemble-first", {}, { throws: later }).end();
  const change = (event: Event): Event => {
    if (event.step !== "s2") return event;
    if (event.kind === "summariser") return { ...event, mode: "hang", ...(aborted ? { aborted } : {}) };
    if (event.kind !== "return") return event;
    if (!timeout) return { ...event, tookMs };
    return {
      i: event.i,
      step: "s2",
      kind: "throw",
      call: event.call,
      cause: "timeout",
      error: { name: "CallTimeout", message: "30 s", isError: true },
    };
  };
  return { ...h.done(), events: h.done().events.map(change) };
}

const again = (how: Aborted) => ["again 1", "again 2"].map((name) => ({ name, history: played(how) }));

describe("compact-abort", () => {
  it("accepts a call that settles in time, and slow calls that were not aborted", () => {
    expect(clause.check(played({}), [], subject)).toEqual([]);
    expect(clause.check(played({ tookMs: 9_000, aborted: false }), again({ tookMs: 9_000, aborted: false }), subject)).toEqual(
      [],
    );
  });

  it("names a call that is late in three of three plays", () => {
    const late = played({ tookMs: 2_500 });
    expect(clause.twins?.(late.case, late, subject).map((twin) => twin.name)).toEqual(["again 1", "again 2"]);
    expect(clause.check(late, again({ tookMs: 2_600 }), subject)[0]?.message).toContain("settled late");
    expect(clause.check(late, again({ tookMs: 1_900 }), subject)).toEqual([]);
    expect(clause.check(late, [], subject)).toEqual([]);
  });

  it("names a call that met the call limit at once", () => {
    const history = played({ timeout: true });
    expect(clause.twins?.(history.case, history, subject)).toEqual([]);
    expect(clause.check(history, [], subject)[0]?.message).toContain("never settled");
  });

  it("names a later call that fails since", () => {
    const [finding] = clause.check(played({ later: "busy" }), [], subject);
    expect(finding?.message).toContain("was aborted, assemble in step s3 threw");
    expect(finding?.blame.length).toBe(4);
    expect(clause.check(played({ later: "busy", aborted: false }), [], subject)).toEqual([]);
  });

  it("counts aborts in flight", () => {
    expect(clause.witness(played({}), [], subject)).toBe(1);
    expect(clause.witness(played({ aborted: false }), [], subject)).toBe(0);
  });
});
