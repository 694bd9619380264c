// Signals that reach every process of a run at once, from a terminal or from `timeout`, are for the supervisor, which then ends the others.
// A process that ended by itself meanwhile would look as if the engine had ended it.

import { after } from "./real-time.js";

const SUPERVISOR_FIRST_MS = 10_000;

export function leaveSignalsToSupervisor(): void {
  process.on("SIGINT", () => {});
  // Sent to this process alone, it kills all the same.
  process.on("SIGTERM", () => void after(SUPERVISOR_FIRST_MS, () => process.kill(process.pid, "SIGKILL")));
}
