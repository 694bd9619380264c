// The rewriting that a recorded engine did inside maintain: which entry, and the host's tool for it.
// A classic engine finds the entry in the session file; a durable one knows the entry ids of the turns it was given.

import { readFile } from "node:fs/promises";
import type { CommitTurnParams, Message, SessionParams, UserMessage } from "../define/index.js";
import type { CallRecord, Trace } from "./trace.js";

/** What a rewriting needs to remember between instances. */
export class Rewrites {
  readonly #trace: Trace;
  /** User entries as committed, in order. */
  readonly #committed: { entryId: string; message: Message }[] = [];
  readonly #seen = new WeakMap<CallRecord, number>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  sawCommit(params: CommitTurnParams): void {
    const [message] = params.messages;
    if (message !== undefined && !this.#committed.some((entry) => entry.entryId === params.admission.entryId)) {
      this.#committed.push({ entryId: params.admission.entryId, message });
    }
  }

  committed(): { entryId: string; message: Message }[] {
    return this.#committed;
  }

  /** Which user message the recorded rewriting replaced, counted from 0: the first with a text new in the assemble that follows. */
  target(record: CallRecord): number {
    const known = this.#seen.get(record);
    if (known !== undefined) return known;
    const at = this.#trace.records.findIndex((entry) => entry.kind === "call" && entry.record === record);
    const earlier = new Set(
      this.#trace.records
        .slice(0, at)
        .flatMap((entry) => (entry.kind === "call" ? (entry.record.messages ?? []).map((m) => m.text) : [])),
    );
    const next = this.#trace.records.slice(at + 1).find((entry) => entry.kind === "call" && entry.record.call === "assemble");
    const users = next?.kind === "call" ? (next.record.messages ?? []).filter((message) => message.role === "user") : [];
    const place = Math.max(
      0,
      users.findIndex((message) => !earlier.has(message.text)),
    );
    this.#seen.set(record, place);
    return place;
  }
}

/** Replaces one user entry through the host and answers as maintain does. */
export async function rewriteTranscript(
  params: SessionParams,
  record: CallRecord,
  rewrites: Rewrites,
): Promise<Record<string, unknown>> {
  const rewrite = params.runtimeContext?.rewriteTranscriptEntries;
  const users = (await userEntries(params.sessionFile)) ?? rewrites.committed();
  const entry = users[rewrites.target(record)];
  if (rewrite === undefined || entry === undefined) return { changed: false, reason: "nothing to rewrite was found" };
  const content = [{ type: "text" as const, text: "rewritten" }];
  const message: UserMessage = { role: "user", content, timestamp: entry.message.timestamp };
  const done = await rewrite({ replacements: [{ entryId: entry.entryId, message }] });
  return { ...done };
}

/** User entries on the path from the root to the last entry of a session file; undefined where there is no such file. */
async function userEntries(file: string | undefined): Promise<{ entryId: string; message: Message }[] | undefined> {
  const text = await readFile(file ?? "", "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const entries = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as { id: string; parentId?: string | null; message?: Message });
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const path: typeof entries = [];
  for (let entry = entries.at(-1); entry !== undefined; entry = byId.get(entry.parentId ?? "")) path.unshift(entry);
  return path.flatMap(({ id, message }) => (message?.role === "user" ? [{ entryId: id, message }] : []));
}
