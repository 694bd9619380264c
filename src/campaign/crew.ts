// A crew plays tasks: a set of worker processes, or this process alone. What a campaign, a replay and the self-test know of it.
// Whatever order tasks end in, an outcome depends on its task only.

import type { Description, EngineSource, Outcome, Task } from "./protocol.js";

/** probe: somebody waits for this one case (shrinking, confirming); it goes before the campaign's. */
export type Priority = "probe" | "campaign";

export interface Crew {
  /** How many tasks are worth handing over at the same time. */
  readonly appetite: number;
  /** Real processes protect against hanging and dying engines; `this-process` does not. */
  readonly kind: "workers" | "this-process";
  /** Throws CtxspecError when the engine cannot be loaded or ctxspec fails. */
  run(task: Task, priority: Priority): Promise<Outcome>;
  describe(source: EngineSource): Promise<Description>;
  /** Ends what the campaign has under way or waiting: it is never answered. Absent where nothing can be ended. */
  abandon?(): void;
  close(): Promise<void>;
}
