import { describe, expect, it } from "vitest";
import type { Message, Step } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-restart.js";

const said: [Message, Message] = [user("AAAAAAAAAAU1 question"), reply("AAAAAAAAAAR1 answer")];
const STEPS: Step[] = [{ id: "s2", kind: "restart", at: 2, mode: "soft" }];

interface Play {
  restarted: boolean;
  shows: Message[];
  supplied?: Message[];
  throws?: string;
  quarantine?: boolean;
}

function play({ restarted, shows, supplied = said, throws, quarantine }: Play) {
  const h = historyOf({ steps: STEPS });
  h.turn("s1", "a").view([]).commit(said).end();
  if (quarantine === true) h.note("s1", "quarantine", "a");
  if (restarted) h.note("s2", "restart");
  const turn = h.turn("s3", "a");
  if (throws === undefined) turn.view(shows, { supplied }).end();
  else turn.bootstrap({}, { throws }).end();
  return h.done();
}

const check = (first: Omit<Play, "restarted">, second: Omit<Play, "restarted">) =>
  clause.check(
    play({ ...first, restarted: true }),
    [{ name: "without s2", history: play({ ...second, restarted: false }) }],
    subjectOf(),
  );

describe("history-restart", () => {
  it("finds a view that differs from the one without the restart", () => {
    const [finding] = check({ shows: [said[1]] }, { shows: said });
    expect(finding?.message).toContain("After the restart in step s2 assemble of a");
    expect(finding?.blame).toHaveLength(4);
  });

  it("finds a throw that comes only after the restart", () => {
    const h = historyOf({ steps: STEPS });
    h.turn("s1", "a").bootstrap().commit(said).end();
    h.turn("s3", "a").bootstrap().end();
    const history = historyOf({ steps: STEPS });
    history.turn("s1", "a").bootstrap().commit(said).end();
    history.note("s2", "restart").turn("s3", "a").bootstrap({}, { throws: "replay flood" }).end();
    const findings = clause.check(history.done(), [{ name: "without s2", history: h.done() }], subjectOf());
    expect(findings[0]?.actual).toContain("replay flood");
  });

  it("leaves alone what a host only notes, and an engine that forgot in a new process that it wanted to rest", () => {
    const one = (restarted: boolean) => {
      const h = historyOf({ steps: STEPS });
      h.turn("s1", "a").view([]).commit(said).end();
      h.compact("c1", "a", { throws: "the summariser failed" });
      if (restarted) h.note("s2", "restart");
      h.turn("s3", "a")
        .bootstrap({}, { result: restarted ? { bootstrapped: true, importedMessages: 0 } : { bootstrapped: true } })
        .view(said, { supplied: said })
        .end();
      h.compact("c2", "a", {
        result: restarted ? { ok: true, compacted: true } : { ok: true, compacted: false, reason: "resting" },
      });
      return h.done();
    };
    expect(clause.check(one(true), [{ name: "without s2", history: one(false) }], subjectOf())).toEqual([]);
  });

  it("still compares what comes after such a note", () => {
    const one = (restarted: boolean) => {
      const h = historyOf({ steps: STEPS });
      h.turn("s1", "a").view([]).commit(said).end();
      if (restarted) h.note("s2", "restart");
      h.turn("s3", "a")
        .bootstrap({}, { result: { bootstrapped: true, importedMessages: restarted ? 0 : 2 } })
        .view(restarted ? [said[1]] : said, { supplied: said })
        .end();
      return h.done();
    };
    const [finding] = clause.check(one(true), [{ name: "without s2", history: one(false) }], subjectOf());
    expect(finding?.message).toContain("assemble of a");
  });

  it("accepts equal views, and other views after other inputs", () => {
    expect(check({ shows: said }, { shows: said })).toEqual([]);
    expect(check({ shows: [said[1]] }, { shows: said, supplied: [] })).toEqual([]);
  });

  it("never looks beyond a quarantine", () => {
    expect(check({ shows: said, quarantine: true }, { shows: [], quarantine: true })).toEqual([]);
  });

  it("asks for a twin per restart that was played, and counts the views compared after it", () => {
    const history = play({ restarted: true, shows: said });
    expect(clause.twins?.(history.case, history, subjectOf()).map((twin) => twin.name)).toEqual(["without s2"]);
    const twins = [{ name: "without s2", history: play({ restarted: false, shows: said }) }];
    expect(clause.witness(history, twins, subjectOf())).toBe(1);
    const skipped = historyOf({ steps: STEPS }).skipped("s2").done();
    expect(clause.twins?.(skipped.case, skipped, subjectOf())).toEqual([]);
  });
});
