// Keeps what an engine does beside its answers from reaching anybody but its own history: output on stdout and stderr, exceptions and
// rejections nobody handled, interrupts meant for the supervisor, a changed environment. Stands in worker processes only.

import type { History, LoadedEngine, Residue } from "../define/index.js";
import { isOurs } from "./own-faults.js";
import { leaveSignalsToSupervisor } from "./signals.js";

const OUTPUT_KEPT = 4_096;
const NOTED_AT_MOST = 10;

/** Undefined where it was removed. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

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
  private strayFiles: string[] = [];
  private gone: string[] = [];
  /** An exception that ctxspec itself did not catch. */
  private fault: Error | undefined;
  /** Environment and working directory as they are meant to be, and what loading an engine made of them. */
  private environment: Record<string, string | undefined> = {};
  private cwd = process.cwd();
  private atLoad: string[] = [];

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
    process.on("uncaughtException", (error) => {
      if (isOurs(error)) this.fault ??= error;
      else this.note("uncaught exception", error);
    });
    process.on("unhandledRejection", (reason) => this.note("unhandled rejection", reason));
    leaveSignalsToSupervisor();
  }

  /** A new play begins. */
  begin(): void {
    this.output = "";
    this.uncaught = [];
    this.network = [];
    this.strayFiles = [];
    this.gone = [];
  }

  private expectEnvironment(): void {
    this.environment = { ...process.env };
    this.cwd = currentFolder() ?? this.cwd;
  }

  /** An engine is about to be loaded: the environment of this moment is the one that is meant. */
  beginLoading(): void {
    this.begin();
    this.expectEnvironment();
  }

  /** Loading is over: what it changed is the engine's, and said in every history. New variables are its own business. */
  endLoading({ adapter, notes }: Pick<LoadedEngine, "adapter" | "notes">): void {
    for (const target of this.network) notes.push(`it tried to reach ${target} while it was loaded, and was refused`);
    const changes = this.changes().filter(({ before }) => before !== undefined);
    this.atLoad.push(...changes.map(({ name }) => `${name} (when it was loaded)`));
    Object.assign(process.env, adapter.env ?? {});
    this.expectEnvironment();
  }

  /** A connection the engine was refused. */
  refused(target: string): void {
    if (this.network.length < NOTED_AT_MOST) this.network.push(target);
  }

  /** A file outside everything the engine was given was written or removed. */
  strayed(file: string): void {
    if (this.strayFiles.length < NOTED_AT_MOST && !this.strayFiles.includes(file)) this.strayFiles.push(file);
  }

  /** Something of the host's that the engine took away, and that is there again. */
  replaced(name: string): void {
    if (!this.gone.includes(name)) this.gone.push(name);
  }

  /** Adds what was caught since `begin` to the history, and puts the environment back. Throws what ctxspec itself did not catch. */
  addTo(history: History): void {
    if (this.fault !== undefined) throw this.fault;
    const changed = [...this.putBack(), ...this.gone];
    const noted = [this.uncaught, this.network, this.strayFiles, changed].some((list) => list.length > 0);
    if (this.output === "" && !noted) return;
    const residue = history.residue ?? NOTHING_LEFT;
    const output = residue.output === "" ? this.output.slice(0, OUTPUT_KEPT) : residue.output;
    const uncaught = [...new Set([...residue.uncaught, ...this.uncaught])];
    const network = [...new Set([...residue.network, ...this.network])];
    const globals = [...new Set([...residue.globals, ...changed])];
    const strayFiles = [...new Set([...residue.strayFiles, ...this.strayFiles])];
    history.residue = { ...residue, output, uncaught, network, globals, strayFiles };
  }

  private changes(): { name: string; key?: string; before?: string | undefined }[] {
    const changes: { name: string; key?: string; before?: string | undefined }[] = [];
    const now = { ...process.env };
    for (const key of new Set([...Object.keys(this.environment), ...Object.keys(now)])) {
      const before = this.environment[key];
      if (before !== now[key]) changes.push({ name: `process.env.${key}`, key, before });
    }
    if (currentFolder() !== this.cwd) changes.push({ name: "the working directory", before: this.cwd });
    return changes;
  }

  private putBack(): string[] {
    const changes = this.changes();
    for (const { key, before } of changes) {
      if (key === undefined) process.chdir(this.cwd);
      else if (before === undefined) delete process.env[key];
      else process.env[key] = before;
    }
    return [...this.atLoad, ...changes.map(({ name }) => name)];
  }

  private note(what: string, error: unknown): void {
    if (this.uncaught.length >= NOTED_AT_MOST) return;
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.uncaught.push(`${what}: ${said.slice(0, 500)}`);
  }
}
