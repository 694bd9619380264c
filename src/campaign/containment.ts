// Keeps what an engine does beside its answers from reaching anybody but its own history: output on stdout and stderr, exceptions and
// rejections nobody handled, interrupts meant for the supervisor. Stands in worker processes only.

import type { History, Residue } from "../define/index.js";
import { leaveSignalsToSupervisor } from "./signals.js";

const OUTPUT_KEPT = 4_096;
const NOTED_AT_MOST = 10;

const NOTHING_LEFT: Residue = {
  storedBytes: 0,
  deliveredBytes: 0,
  active: {},
  strayFiles: [],
  network: [],
  output: "",
  globals: [],
  uncaught: [],
  blockedMs: 0,
};

export class Containment {
  private output = "";
  private uncaught: string[] = [];
  private network: string[] = [];

  /** From here on nothing of the engine's ends this process by accident. Output still goes to the pipes, where the supervisor keeps the end of it. */
  install(): void {
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
      stream.write = ((...given: unknown[]) => {
        const [chunk] = given;
        if (this.output.length < OUTPUT_KEPT) {
          this.output += typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString("utf8");
        }
        return write(...given);
      }) as typeof stream.write;
      stream.on("error", () => {});
    }
    process.on("uncaughtException", (error) => this.note("uncaught exception", error));
    process.on("unhandledRejection", (reason) => this.note("unhandled rejection", reason));
    leaveSignalsToSupervisor();
  }

  /** A new play begins. */
  begin(): void {
    this.output = "";
    this.uncaught = [];
    this.network = [];
  }

  /** A connection the engine was refused. */
  refused(target: string): void {
    if (this.network.length < NOTED_AT_MOST) this.network.push(target);
  }

  /** Adds what was caught since `begin` to the history. */
  addTo(history: History): void {
    if (this.output === "" && this.uncaught.length === 0 && this.network.length === 0) return;
    const residue = history.residue ?? NOTHING_LEFT;
    const output = residue.output === "" ? this.output.slice(0, OUTPUT_KEPT) : residue.output;
    const uncaught = [...new Set([...residue.uncaught, ...this.uncaught])];
    const network = [...new Set([...residue.network, ...this.network])];
    history.residue = { ...residue, output, uncaught, network };
  }

  private note(what: string, error: unknown): void {
    if (this.uncaught.length >= NOTED_AT_MOST) return;
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.uncaught.push(`${what}: ${said.slice(0, 500)}`);
  }
}
