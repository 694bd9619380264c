import { describe, expect, it } from "vitest";
import type { AnyMessage } from "../define/index.js";
import { historyOf } from "./notation.js";
import { playForm } from "./play-form.js";

/** One turn whose view holds `content`. */
function played(content: string, about: Record<string, unknown> = {}) {
  const history = historyOf();
  history
    .turn("s1", "a")
    .view([{ role: "user", content, ...about } as unknown as AnyMessage])
    .end();
  return history.done();
}

const form = (content: string, about?: Record<string, unknown>) => JSON.stringify(playForm(played(content, about)));

describe("the form of a play", () => {
  it.each([
    ["ids", "summary sum_12ab34 of sum_12ab34, sum_55cd66", "summary sum_99ff00 of sum_99ff00, sum_0e1f22"],
    ["UUIDs", "538f8a2e-0000-4000-8000-1234567890ab", "00000000-aaaa-4bbb-8ccc-ddddddddeeee"],
    ["times", "at 2026-01-02T03:04:05Z and 1780000000001", "at 2026-11-12T13:14:15.123Z and 1790000000009"],
    ["folders", "see /tmp/x-1/state/notes.md", "see /var/folders/y-2/state/notes.md"],
  ])("is the same whatever %s a play made", (_what, one, two) => {
    expect(form(one)).toBe(form(two));
  });

  it.each([
    ["planted texts", "AAAAAAAAAAA1 hi", "AAAAAAAAAAA2 hi"],
    ["which id is which", "sum_12ab34 then sum_12ab34", "sum_12ab34 then sum_99ff00"],
    ["file names", "see /tmp/x/notes.md", "see /tmp/x/todo.md"],
    ["counts", "3 of 4", "3 of 5"],
  ])("is another when %s differ", (_what, one, two) => {
    expect(form(one)).not.toBe(form(two));
  });

  it("looks at names of members: ids and times by any other value, counts as they are", () => {
    const base = { entryId: "first", createdAt: 5, tokens: 7 };
    expect(form("x", { entryId: "other", createdAt: 6, tokens: 7 })).toBe(form("x", base));
    expect(form("x", { ...base, tokens: 8 })).not.toBe(form("x", base));
    expect(form("x", { ...base, extra: undefined })).toBe(form("x", base));
  });

  it("has an entry per call, with how it ended", () => {
    const thrown = historyOf();
    thrown.turn("s1", "a").bootstrap({}, { throws: "closed" }).end();
    const forms = playForm(thrown.done());
    expect(forms).toHaveLength(1);
    expect(forms[0]).toMatchObject({ input: { method: "bootstrap", step: "s1" }, answer: { threw: "engine", error: "Error" } });
  });
});
