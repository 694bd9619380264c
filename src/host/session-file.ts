// The transcript file of a classic host: JSON lines, really on disk and growing, since engines read it again on their own.
// Before the first assistant entry it does not exist (after a reset: header only at bootstrap, then empty). Recorded: 2026.5 a1 c1 r1.

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CallEvent } from "../define/index.js";
import { FAILED_ASSISTANT } from "../define/words.js";
import { entryIdFor } from "./ids.js";
import type { Entry, Transcript } from "./transcript.js";

export class SessionFile {
  readonly path: string;
  private flushed = false;
  private written = 0;
  /** Made by a reset: header only until the next turn begins. */
  private headerOnly: boolean;
  private dirty = false;
  /** What stands above the entries. command, bare: made by a chat command or for a successor, until the next turn begins. */
  private head: "full" | "short" | "command" | "bare" = "full";
  private notes = 0;

  constructor(
    dir: string,
    private readonly sessionId: string,
    private readonly cwd: string,
    private readonly createdAtMs: number,
    private readonly transcript: Transcript,
    options: { headerOnly: boolean },
  ) {
    this.path = path.join(dir, `${sessionId}.jsonl`);
    this.headerOnly = options.headerOnly;
    if (this.headerOnly) writeFileSync(this.path, `${this.header()}\n`);
  }

  exists(): boolean {
    return existsSync(this.path);
  }

  private header(): string {
    return JSON.stringify({ type: "session", version: 3, id: this.sessionId, timestamp: iso(this.createdAtMs), cwd: this.cwd });
  }

  private headLines(): string[] {
    const id = (what: string) => entryIdFor(0, this.sessionId, what);
    const timestamp = iso(this.createdAtMs);
    const line = (type: string, what: string, before: string | null, rest: object) =>
      JSON.stringify({ type, id: id(what), parentId: before === null ? null : id(before), timestamp, ...rest });
    const model = { provider: "mock", modelId: "mock-1" };
    const change = line("model_change", "model", null, model);
    const thinking = line("thinking_level_change", "thinking", "model", { thinkingLevel: "off" });
    const snapshot = line("custom", "custom", "thinking", { customType: "model-snapshot", data: model });
    return [
      this.header(),
      ...{ full: [change, thinking, snapshot], short: [change, thinking], command: [thinking], bare: [] }[this.head],
    ];
  }

  private lines(): string[] {
    return [...this.headLines(), ...this.transcript.entries.map((entry) => this.line(entry, this.rootId()))];
  }

  private rootId(): string {
    return entryIdFor(0, this.sessionId, "custom");
  }

  private line(entry: Entry, rootId: string): string {
    const base = { id: entry.id, parentId: entry.parentId ?? rootId, timestamp: iso(entry.message.timestamp) };
    if (entry.message.role === "compactionSummary")
      return JSON.stringify({
        type: "compaction",
        ...base,
        summary: entry.message.summary,
        firstKeptEntryId: entry.firstKeptId ?? entry.id,
        tokensBefore: entry.message.tokensBefore,
        details: {},
        fromHook: false,
      });
    const message =
      entry.filled && entry.message.role === "assistant"
        ? { ...entry.message, content: [{ type: "text", text: FAILED_ASSISTANT }] }
        : entry.message;
    return JSON.stringify({ type: "message", ...base, message });
  }

  /** A new turn begins: failed entries are filled, a header-only file is emptied once a run has been bootstrapped over it. */
  open(): void {
    for (const entry of this.transcript.entries) {
      if (entry.role === "failed" && !entry.filled) {
        entry.filled = true;
        this.dirty = true;
      }
    }
    if (this.dirty && this.flushed) this.writeAll();
  }

  /** Between bootstrap and assemble of a session's first turn after a reset. */
  beginRun(): void {
    if (this.head === "command" || this.head === "bare") {
      this.head = this.head === "bare" ? "short" : "full";
      this.writeAll();
    }
    if (!this.headerOnly) return;
    this.headerOnly = false;
    writeFileSync(this.path, "");
  }

  /** The file is made with what the transcript holds, before any run: by a chat command, or for a successor. */
  begin(head: "command" | "bare"): void {
    this.headerOnly = false;
    this.head = head;
    this.writeAll();
  }

  /** A line of the host's own that is no message. */
  note(id: string, atMs: number): void {
    if (!this.flushed) return;
    const line = { type: "custom", id, parentId: this.transcript.leaf, timestamp: iso(atMs), customType: "note", data: {} };
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
    this.notes++;
  }

  /** Brings the file up to the transcript: nothing before the first assistant entry. */
  sync(): void {
    if (!this.flushed && !this.transcript.entries.some((entry) => entry.message.role === "assistant")) return;
    if (!this.flushed || this.dirty) {
      this.writeAll();
      return;
    }
    if (this.written === this.transcript.entries.length) return;
    const added = this.transcript.entries.slice(this.written).map((entry) => `${this.line(entry, this.rootId())}\n`);
    appendFileSync(this.path, added.join(""));
    this.written = this.transcript.entries.length;
  }

  private writeAll(): void {
    this.notes = 0;
    writeFileSync(this.path, `${this.lines().join("\n")}\n`);
    this.flushed = true;
    this.dirty = false;
    this.written = this.transcript.entries.length;
  }

  /** Cuts the file in the middle of its last line, or removes it; the transcript follows what can still be read. */
  damage(fault: "truncated" | "missing"): boolean {
    if (!this.flushed) return false;
    if (fault === "missing") {
      rmSync(this.path, { force: true });
      this.transcript.clear();
      this.flushed = false;
      this.written = 0;
      return true;
    }
    const text = readFileSync(this.path, "utf8").trimEnd();
    const lastLine = text.lastIndexOf("\n") + 1;
    writeFileSync(this.path, text.slice(0, lastLine + Math.floor((text.length - lastLine) / 2)));
    this.transcript.dropLast();
    this.dirty = true;
    return true;
  }

  /** After a kill only what was on disk is left. */
  forgetUnwritten(): void {
    while (this.transcript.entries.length > this.written) this.transcript.dropLast();
  }

  entriesNow(): NonNullable<CallEvent["fileEntries"]> {
    if (!existsSync(this.path)) return "absent";
    if (this.headerOnly) return 1;
    return this.flushed ? this.written + this.notes + this.headLines().length : "empty";
  }
}

// The true Date, captured before the virtual one takes its place: the same text, without the detour.
const RealDate = Date;
const iso = (ms: number) => new RealDate(ms).toISOString();
