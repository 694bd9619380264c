import { describe, expect, it } from "vitest";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-input-pure.js";

const subject = subjectOf();

function played(throws: boolean, mutated?: string) {
  const h = historyOf();
  h.turn("s1", "a")
    .call("assemble", "assemble-first", {}, throws ? { throws: "broken" } : { result: {} })
    .end();
  const events = h
    .done()
    .events.map((event) =>
      mutated !== undefined && (event.kind === "return" || event.kind === "throw") ? { ...event, mutated } : event,
    );
  return clause.check({ ...h.done(), events }, [], subject);
}

describe("contract-input-pure", () => {
  it("accepts calls that changed nothing", () => {
    expect(played(false)).toEqual([]);
    expect(played(true)).toEqual([]);
  });

  it("names what was changed, also by a call that threw", () => {
    const [finding] = played(false, "messages[0].content");
    expect(finding?.message).toContain("assemble in step s1 changed what it was given");
    expect(finding?.actual).toContain("messages[0].content");
    expect(played(true, "messages.length")[0]?.actual).toContain("which threw");
  });
});
