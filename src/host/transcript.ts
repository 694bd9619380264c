// The host's own transcript of one session: a tree of entries, of which the path from the leaf to the root is the conversation.
// What an engine is shown of it differs per lifecycle: histories.ts.

import type { Message, RewriteRequest } from "../define/index.js";

export interface Entry {
  id: string;
  parentId: string | null;
  message: Message;
  /** Which turn made it. */
  turn: string;
  /** marker and ack: the two entries of a heartbeat that is acknowledged; silent: an answer that says to say nothing. */
  role: "plain" | "marker" | "ack" | "silent" | "failed" | "host" | "compaction";
  /** A tool call of another session's turn, copied by a fork while it was running. */
  unanswered?: boolean;
  /** Set once a later open filled a failed assistant entry. */
  filled?: boolean;
  /** For a compaction entry: the entries before this id are covered by its summary. */
  firstKeptId?: string | null;
}

export class Transcript {
  readonly entries: Entry[] = [];
  private readonly byId = new Map<string, Entry>();
  leaf: string | null = null;
  private copies = 0;

  append(entry: Omit<Entry, "parentId"> & { parentId?: string | null }): Entry {
    const full: Entry = { ...entry, parentId: entry.parentId === undefined ? this.leaf : entry.parentId };
    // An id made twice by a rewrite or a repeated part keeps its first holder reachable: the newcomer gets a suffix in hex.
    while (this.byId.has(full.id)) full.id = (Number.parseInt(full.id, 16) + 1).toString(16).padStart(8, "0").slice(-8);
    this.entries.push(full);
    this.byId.set(full.id, full);
    this.leaf = full.id;
    return full;
  }

  /** Root to leaf. */
  path(): Entry[] {
    const out: Entry[] = [];
    let at = this.leaf;
    while (at !== null) {
      const entry = this.byId.get(at);
      if (!entry) break;
      out.push(entry);
      at = entry.parentId;
    }
    return out.reverse();
  }

  /** Where on `path` an entry stands, or the newest copy of it that a rewrite made; -1 where neither is on it. */
  placeOf(entry: Entry, path: readonly Entry[] = this.path()): number {
    const at = path.findIndex(({ id }) => id === entry.id);
    return at >= 0
      ? at
      : path.findLastIndex(
          ({ turn, role, message }) => turn === entry.turn && role === entry.role && message.role === entry.message.role,
        );
  }

  last(): Entry | undefined {
    return this.entries[this.entries.length - 1];
  }

  get(id: string): Entry | undefined {
    return this.byId.get(id);
  }

  /** Takes back the newest entry (a truncated file). */
  dropLast(): void {
    const gone = this.entries.pop();
    if (!gone) return;
    this.byId.delete(gone.id);
    this.leaf = this.entries[this.entries.length - 1]?.id ?? null;
  }

  clear(): void {
    this.entries.length = 0;
    this.byId.clear();
    this.leaf = null;
  }

  /** A new branch: the replaced entry, then copies of the later ones with new ids; the old lines stay. */
  rewrite(
    request: RewriteRequest,
    newId: (n: number) => string,
  ): { changed: boolean; rewrittenEntries: number; bytesFreed: number } {
    const path = this.path();
    const wanted = new Map(request.replacements.map((r) => [r.entryId, r.message]));
    const first = path.findIndex((entry) => wanted.has(entry.id));
    if (first < 0) return { changed: false, rewrittenEntries: 0, bytesFreed: 0 };
    let parentId = path[first]?.parentId ?? null;
    let freed = 0;
    let rewritten = 0;
    for (const old of path.slice(first)) {
      const replacement = wanted.get(old.id);
      if (replacement) {
        freed += Math.max(0, JSON.stringify(old.message).length - JSON.stringify(replacement).length);
        rewritten++;
      }
      const { filled, ...rest } = old;
      const made = this.append({ ...rest, id: newId(++this.copies), parentId, message: replacement ?? old.message });
      if (filled) made.filled = true;
      parentId = made.id;
    }
    return { changed: true, rewrittenEntries: rewritten, bytesFreed: freed };
  }
}
