import { appendFileSync, rmSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../define/index.js";
import { InFlightWriter, readInFlight } from "./in-flight.js";
import { caseOf, stubHistory, turn } from "./stand-in.fixture.js";
import { readTrace, TraceWriter } from "./trace-file.js";

let folder: string;
beforeEach(() => {
  folder = dirSync({ unsafeCleanup: true }).name;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the record of what is in flight", () => {
  it("follows a task from call to call", () => {
    const file = path.join(folder, "in-flight");
    expect(readInFlight(file)).toBeUndefined();
    const writer = new InFlightWriter(file);
    expect(readInFlight(file)).toMatchObject({ phase: "idle", call: 0 });
    writer.begin(7, "playing");
    writer.before({ call: 3, method: "assemble", step: "s12" });
    expect(readInFlight(file)).toMatchObject({
      task: 7,
      phase: "calling",
      call: 3,
      method: "assemble",
      step: "s12",
      slow: false,
    });
    const before = readInFlight(file)?.sequence ?? 0;
    writer.after();
    expect(readInFlight(file)).toMatchObject({ phase: "playing", call: 3, sequence: before + 1 });
    writer.begin(8, "judging");
    expect(readInFlight(file)).toMatchObject({ task: 8, phase: "judging", call: 0, method: "", step: "" });
    writer.close();
  });

  it("keeps the longer limit while a compact overlaps with other calls", () => {
    const file = path.join(folder, "in-flight");
    const writer = new InFlightWriter(file);
    writer.begin(1, "playing");
    writer.before({ call: 1, method: "compact", step: "s1" });
    writer.before({ call: 2, method: "assemble", step: "s2" });
    writer.after();
    expect(readInFlight(file)).toMatchObject({ phase: "calling", slow: true });
    writer.after();
    expect(readInFlight(file)).toMatchObject({ phase: "playing", slow: false });
    writer.close();
  });

  it("cuts long step names without spilling over", () => {
    const file = path.join(folder, "in-flight");
    const writer = new InFlightWriter(file);
    writer.begin(1, "playing");
    writer.before({ call: 1, method: "commitTurn", step: "s".repeat(60) });
    expect(readInFlight(file)?.step).toBe("s".repeat(40));
    writer.before({ call: 2, method: "commitTurn", step: "s2" });
    expect(readInFlight(file)).toMatchObject({ step: "s2", method: "commitTurn", call: 2 });
    writer.close();
  });
});

describe("the write-ahead trace", () => {
  const theCase = caseOf([turn("s1", 1), turn("s2", 2)]);

  it("gives back the last play, and leaves out a line that was cut short", () => {
    const file = path.join(folder, "trace");
    const { events } = stubHistory(theCase);
    const writer = new TraceWriter(file);
    writer.begin(theCase);
    for (const event of events) writer.event(event);
    const twin = { ...theCase, steps: theCase.steps.slice(1) };
    writer.begin(twin);
    writer.event(events[0] as Event);
    writer.close();
    appendFileSync(file, '{"i":1,"kind":"ret');
    expect(readTrace(file)).toEqual({ theCase: twin, events: [events[0]] });
  });

  it("is undefined where nothing was written", () => {
    expect(readTrace(path.join(folder, "nothing"))).toBeUndefined();
  });
});
