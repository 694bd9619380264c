import { describe, expect, it } from "vitest";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-host-params.js";

const subject = subjectOf({ info: { acceptedHostParams: ["prompt"] } });
const ALL = { sessionKey: "k", prompt: "p", runtimeSettings: {}, sessionTarget: {}, runtimeContext: {}, abortSignal: {} };

function called(params: Record<string, unknown>, answer: { result?: unknown; throws?: string }) {
  const h = historyOf();
  h.turn("s1", "a").call("compact", "compact-overflow", params, answer).end();
  return clause.check(h.done(), [], subject);
}

describe("contract-host-params", () => {
  it("accepts a method that works with less", () => {
    expect(called({}, { result: { ok: true, compacted: false } })).toEqual([]);
  });

  it("names a throw and a broken answer where something was left out", () => {
    const [finding] = called({}, { throws: "llm of undefined" });
    expect(finding?.message).toContain(
      "does not work without prompt, runtimeSettings, sessionTarget, runtimeContext, abortSignal",
    );
    expect(finding?.expected).toContain("[prompt]");
    expect(called({}, { result: {} })[0]?.actual).toContain("answered {}");
  });

  it("leaves calls with everything to contract-results", () => {
    expect(called(ALL, { throws: "broken" })).toEqual([]);
  });

  it("says nothing of a throw while two turns of one session overlap", () => {
    const compacted = (second: string) => {
      const h = historyOf();
      const first = h.turn("s1", "a");
      h.turn("s2", second).call("compact", "compact-overflow", {}, { throws: "locked" }).end();
      first.end();
      return clause.check(h.done(), [], subject);
    };
    expect(compacted("a")).toEqual([]);
    expect(compacted("b")).toHaveLength(1);
  });

  it("does not apply to engines that declare nothing", () => {
    expect(clause.applies(subjectOf(), {})).toMatchObject({ applies: false });
    expect(clause.applies(subject, {}).applies).toBe(true);
  });
});
