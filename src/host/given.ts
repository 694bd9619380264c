// What an engine is given in one call: a copy of the host's parameters, what the record keeps of them, and whether they were changed.

import { firstChange, jsonCopy, plainCopy } from "./clone.js";

const DEEP = ["messages", "message", "admission", "terminal", "sessionTarget", "runtimeSettings"];

/** What the engine gets: data copied, functions, signals and sets as they are. */
export function giveCopy(params: Record<string, unknown>): Record<string, unknown> {
  const given: Record<string, unknown> = { ...params };
  for (const name of DEEP) if (given[name] !== undefined) given[name] = plainCopy(given[name]);
  return given;
}

/** Where the engine changed what it was given; undefined when nowhere. */
export function mutation(params: Record<string, unknown>, given: Record<string, unknown>): string | undefined {
  if (Object.keys(params).length !== Object.keys(given).length) return "the parameter object (its keys)";
  for (const name of Object.keys(params)) {
    const change = DEEP.includes(name)
      ? firstChange(params[name], given[name], name)
      : params[name] === given[name]
        ? undefined
        : name;
    if (change) return change;
  }
  return undefined;
}

/** The parameters as JSON. */
export function recordable(params: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(params)) {
    const value = params[name];
    // Host-made messages are never changed, so the record may share them.
    if (name === "messages" || name === "message") out[name] = value;
    else if (value instanceof AbortSignal) out[name] = { aborted: value.aborted };
    else out[name] = jsonCopy(value);
  }
  return out;
}
