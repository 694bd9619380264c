import { describe, expect, it } from "vitest";
import { certify } from "../index.js";
import { checkOptions } from "./options-check.js";

const engine = "reference";

describe("the options of certify, as a caller without types gives them", () => {
  it.each<[unknown, RegExp]>([
    [undefined, /expected an object of options, got undefined/],
    [{}, /engine: expected a path.*it is nothing/],
    [{ engin: "x" }, /no option "engin".*did you mean "engine"/],
    [{ engine, caes: 3 }, /did you mean "cases"/],
    [{ engine, host: ["openclaw-2026.7"] }, /did you mean "hosts"/],
    [{ engine, hosts: "openclaw-2026.7" }, /hosts: .*array.*it is "openclaw-2026.7"/],
    [{ engine, preset: "smok" }, /preset: .*"smoke".*it is "smok"/],
    [{ engine, cases: 1.5 }, /cases: .*it is 1.5/],
    [{ engine, cases: "3" }, /cases: .*it is "3"/],
    [{ engine, onProgress: true }, /onProgress: expected a function/],
  ])("%j is refused", async (options, said) => {
    const error = await certify(options as never).catch((thrown: unknown) => thrown as Error & { hint?: string });
    expect(error).toMatchObject({ code: "usage-option", exitCode: 2 });
    expect(`${(error as Error).message} ${(error as { hint?: string }).hint}`).toMatch(said);
  });

  it("what it should be passes, options that are undefined included", () => {
    for (const good of [engine, () => ({}), { factory: () => ({}) }])
      expect(() => checkOptions({ engine: good, seed: 3, hosts: undefined, only: ["isolation-tick"] })).not.toThrow();
  });
});
