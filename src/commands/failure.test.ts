import { describe, expect, test } from "vitest";
import { CtxspecError } from "../define/errors.js";
import { PLAIN } from "../draw/lines.js";
import { asCtxspecError, failureText } from "./failure.js";

describe("an error as the user sees it", () => {
  test("is three lines: what, why, what to try", () => {
    const error = new CtxspecError(
      "config-invalid",
      "the config file x.json cannot be read",
      "it must be JSON",
      new Error("Unexpected token"),
    );
    expect(failureText(error, PLAIN, false)).toBe(
      "error: the config file x.json cannot be read\n  why: Unexpected token (config-invalid, exit 2)\n  try: it must be JSON\n",
    );
  });

  test("says what its kind means where it has no cause", () => {
    const error = new CtxspecError("engine-not-found", 'the engine "x" does not exist', "give a path");
    expect(failureText(error, PLAIN, false).split("\n")[1]).toContain("the engine could not be loaded");
  });

  test("says that an unexpected one is a fault of ctxspec, with the stack where it is asked for", () => {
    const error = asCtxspecError(new TypeError("x is not a function"));
    expect(error.exitCode).toBe(70);
    expect(failureText(error, PLAIN, false)).toContain("a fault of ctxspec itself, not of the engine");
    expect(failureText(error, PLAIN, false)).toContain("issue tracker");
    expect(failureText(error, PLAIN, false)).not.toContain("failure.test");
    expect(failureText(error, PLAIN, true)).toContain("failure.test");
  });
});
