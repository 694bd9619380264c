import { expect, it } from "vitest";
import { aliased } from "./alias.js";
import { firstDifference } from "./compare.js";
import type { SeenCall } from "./seen-call.js";

const call = (fields: Partial<SeenCall>): SeenCall => ({
  method: "assemble",
  engine: "1/1",
  names: [],
  outcome: { threw: false, answer: {} },
  ...fields,
});

it("names ids by order of first occurrence, each family by itself", () => {
  const [one, two] = aliased([
    call({
      engine: "1/7",
      session: "xyz",
      prompt: "hello",
      messages: [{ role: "user", text: "hello" }],
      outcome: { threw: false, answer: {}, successor: "new" },
    }),
    call({
      engine: "2/7",
      session: "new",
      messages: [
        { role: "user", text: "other" },
        { role: "assistant", text: "hello" },
      ],
    }),
  ]);
  expect(one).toMatchObject({
    engine: "e1",
    session: "S1",
    prompt: "prompt1",
    messages: [{ text: "text1" }],
    outcome: { successor: "S2" },
  });
  expect(two).toMatchObject({ engine: "e2", session: "S2", messages: [{ text: "text2" }, { text: "text1" }] });
});

it("names made-up parts of keys and keeps the rest", () => {
  const keys = [
    "agent:main:cron:6be0:run:a95d",
    "agent:main:cron:6be0:run:bd33",
    "agent:main:subagent:77",
    "agent:main:main:heartbeat",
  ];
  expect(aliased(keys.map((key) => call({ key }))).map(({ key }) => key)).toEqual([
    "agent:main:cron:CRON1:run:RUN1",
    "agent:main:cron:CRON1:run:RUN2",
    "agent:main:subagent:SUBAGENT1",
    "agent:main:main:heartbeat",
  ]);
});

it("takes a run key that is used twice for two for a difference", () => {
  const run = (id: string) => call({ key: `agent:main:cron:j:run:${id}` });
  expect(firstDifference([run("a"), run("b")], [run("x"), run("y")])).toBeUndefined();
  expect(firstDifference([run("a"), run("b")], [run("x"), run("x")])).toMatchObject({ call: 2, field: "key" });
});

it("does not compare the file where the recorder did not look", () => {
  expect(firstDifference([call({})], [call({ file: 6 })])).toBeUndefined();
  expect(firstDifference([call({ file: 6 })], [call({})])).toMatchObject({ field: "file", expected: "6", got: "none" });
  expect(firstDifference([call({ file: "header only" })], [call({ file: "empty" })])).toMatchObject({ field: "file" });
});
