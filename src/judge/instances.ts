// The lives of engine instances: made by a factory call, gone with their dispose. Instances are told apart by process and number.

import type { Case, History, TwinRequest } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Call, Index } from "./facts.js";
import { withoutSteps } from "./twins.js";

export interface Instance {
  /** "process/number". */
  name: string;
  made: Call;
  /** The dispose that ended it; undefined when the host never disposed of it, as it does with those made for subagent hooks. */
  disposed: Call | undefined;
  /** Everything called on it but factory and dispose. */
  calls: Call[];
}

const cache = new WeakMap<Index, Instance[]>();

/** Instances of a history, in the order they were made. */
export function instancesOf(index: Index): Instance[] {
  let instances = cache.get(index);
  if (instances !== undefined) return instances;
  instances = [];
  const byName = new Map<string, Instance>();
  for (const call of index.calls) {
    const name = `${call.event.process}/${call.event.engine}`;
    if (call.event.method === "factory") {
      const instance: Instance = { name, made: call, disposed: undefined, calls: [] };
      byName.set(name, instance);
      instances.push(instance);
      continue;
    }
    const instance = byName.get(name);
    if (instance === undefined) continue;
    if (call.event.method === "dispose") instance.disposed ??= call;
    else instance.calls.push(call);
  }
  cache.set(index, instances);
  return instances;
}

/** The instance was alive when the event happened. */
export function isAlive(instance: Instance, at: number): boolean {
  return instance.made.end <= at && (instance.disposed === undefined || instance.disposed.event.i > at);
}

/** The instance a call was made on, if its factory call was recorded. */
export function instanceOf(index: Index, call: Call): Instance | undefined {
  const name = `${call.event.process}/${call.event.engine}`;
  return instancesOf(index).find((instance) => instance.name === name);
}

/** What the twin of firstStepAlone is called. */
export const FIRST_ONLY = "first step only";

/** The case with nothing but its imports and the step that made the first instance: what an engine leaves behind after being used once. */
export function firstStepAlone(theCase: Case, history: History): TwinRequest[] {
  const first = instancesOf(indexOf(history))[0]?.made.event.step;
  if (history.residue === undefined || !theCase.steps.some((step) => step.id === first)) return [];
  const others = new Set(theCase.steps.filter((step) => step.id !== first && step.kind !== "import").map((step) => step.id));
  return [{ name: FIRST_ONLY, theCase: withoutSteps(theCase, others) }];
}
