// A store over node:sqlite: one database, a row per message, every change one transaction. It owns compaction without a model: older turns
// become a row of excerpts. Where this Node has no node:sqlite the factory throws and says so. It reads no transcript file.

import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;
/** As much of node:sqlite as is used here: the types of an older Node do not have it. */
interface Database {
  exec(sql: string): void;
  prepare(sql: string): { all(...values: unknown[]): unknown[] };
  close(): void;
}
type Sqlite = { DatabaseSync: new (file: string) => Database };
type Row = { seq: number; message: Message };

const MODULE: string = "node:sqlite";
/** Why the engine cannot run under this Node; undefined when it can. */
export const unavailable = (): string | undefined =>
  isBuiltin(MODULE) ? undefined : `Node ${process.versions.node} has no ${MODULE}; Node 22.13 and newer have it`;

const SCHEMA = `PRAGMA busy_timeout = 2000;
CREATE TABLE IF NOT EXISTS sessions (name TEXT PRIMARY KEY, revision TEXT, viewed INT DEFAULT 0, committed INT DEFAULT 0);
CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, message TEXT);
CREATE TABLE IF NOT EXISTS deliveries (name TEXT, delivery TEXT, PRIMARY KEY (name, delivery));
CREATE INDEX IF NOT EXISTS by_session ON messages (name, seq);`;

/** One connection, opened at the first use. */
function openStore(folder: string, { DatabaseSync }: Sqlite) {
  let db: Database | undefined;
  const open = (): Database => {
    if (db !== undefined) return db;
    mkdirSync(folder, { recursive: true });
    db = new DatabaseSync(join(folder, "sessions.db"));
    db.exec(SCHEMA);
    return db;
  };
  return {
    sql: <T = unknown>(text: string, ...values: unknown[]): T[] => {
      const statement = open().prepare(text);
      return statement.all(...values) as T[];
    },
    /** All of `work` or nothing of it. */
    async atomic<T>(work: () => T): Promise<T> {
      open().exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        open().exec("COMMIT");
        return result;
      } catch (error) {
        open().exec("ROLLBACK");
        throw error;
      }
    },
    close: () => {
      db?.close();
      db = undefined;
    },
  };
}
type Store = ReturnType<typeof openStore>;

/** A session's name is its key and its id together. */
const nameOf = (params: define.SessionParams) => JSON.stringify([params.sessionKey ?? "", params.sessionId]);
const sizeOf = (messages: Message[]) => Math.ceil(JSON.stringify(messages).length / 4);
const messagesOf = (rows: Row[]) => rows.map((row) => row.message);

function wordsOf(message: Message): string {
  const content: unknown = message.role === "compactionSummary" ? message.summary : message.content;
  if (!Array.isArray(content)) return String(content ?? "");
  return content.map((part) => part.text ?? part.thinking ?? JSON.stringify(part)).join("\n");
}

const NOTE = "[Excerpts of what came before]\n";

function rowsOf({ sql }: Store, name: string): Row[] {
  const rows = sql<{ seq: number; message: string }>("SELECT seq, message FROM messages WHERE name = ? ORDER BY seq", name);
  return rows.map(({ seq, message }) => ({ seq, message: JSON.parse(message) }));
}

function add({ sql }: Store, name: string, messages: Message[]): void {
  for (const message of messages) sql("INSERT INTO messages (name, message) VALUES (?, ?)", name, JSON.stringify(message));
}

type Session = { revision: string | null; viewed: number; committed: number };
function sessionOf({ sql }: Store, name: string): Session {
  sql("INSERT OR IGNORE INTO sessions (name) VALUES (?)", name);
  const [session] = sql<Session>("SELECT * FROM sessions WHERE name = ?", name);
  return session ?? { revision: null, viewed: 0, committed: 0 };
}

/** A turn starts at each user message, so no cut between turns parts a tool call from its result. */
function turnsOf(rows: Row[]): Row[][] {
  const starts = rows.flatMap((row, at) => (at === 0 || row.message.role === "user" ? [at] : []));
  return starts.map((start, n) => rows.slice(start, starts[n + 1]));
}

/** A revision in place of another is a reset. A first one need not be: it also appears by itself. */
function bootstrap(store: Store, params: define.SessionParams) {
  const name = nameOf(params);
  const { revision } = sessionOf(store, name);
  const now = params.sessionTarget?.expectedLifecycleRevision ?? revision;
  if (revision !== null && now !== revision) store.sql("DELETE FROM messages WHERE name = ?", name);
  store.sql("UPDATE sessions SET revision = ? WHERE name = ?", now, name);
  return { bootstrapped: true };
}

/** False for what came before: the same advancement key or, where there is none, the same in every byte. */
function deliver(store: Store, params: define.SessionParams, messages: Message[], advancementKey?: string): boolean {
  const name = nameOf(params);
  if (messages.length === 0) return true;
  const delivery = advancementKey ?? createHash("sha256").update(JSON.stringify(messages)).digest("hex");
  if (store.sql("INSERT OR IGNORE INTO deliveries VALUES (?, ?) RETURNING 1", name, delivery).length === 0) return false;
  sessionOf(store, name);
  if (advancementKey !== undefined) store.sql("UPDATE sessions SET committed = 1 WHERE name = ?", name);
  add(store, name, messages);
  return true;
}

/** Everything there is, blank messages aside: what no longer fits makes the host ask for a compaction. */
function assemble(store: Store, params: define.AssembleParams, isFirst: boolean): define.AssembleResult {
  const name = nameOf(params);
  const { viewed, committed } = sessionOf(store, name);
  if (!viewed && rowsOf(store, name).length === 0) add(store, name, params.messages); // Its history from before this engine knew it.
  if (isFirst && viewed && committed && params.messages.length === 0) store.sql("DELETE FROM messages WHERE name = ?", name); // A reset.
  store.sql("UPDATE sessions SET viewed = 1 WHERE name = ?", name);
  const messages = messagesOf(rowsOf(store, name)).filter(
    (message) => message.role === "toolResult" || wordsOf(message).trim() !== "",
  );
  return { messages, estimatedTokens: sizeOf(messages) };
}

/** How each text begins, one a line: the newest of them, in at most half the room. */
function excerptsOf(messages: Message[]): string {
  let room = messages.map(wordsOf).join("").length / 2 - NOTE.length;
  const lines = messages.map(wordsOf).flatMap((words, at) => {
    if (words.startsWith(NOTE)) return words.slice(NOTE.length).split("\n");
    return [`${messages[at]?.role}: ${words.replace(/\s+/g, " ").slice(0, 100)}`];
  });
  const fits = (line: string) => {
    room -= line.length + 1;
    return room >= 0;
  };
  return lines.reverse().filter(fits).reverse().join("\n");
}

/** All but the newest turn with a reply becomes excerpts, in the oldest row's place. */
function compact(store: Store, name: string): define.CompactResult {
  const rows = rowsOf(store, name);
  const turns = turnsOf(rows);
  const hasReply = ({ message }: Row) => message.role === "assistant" && message.stopReason === "stop";
  const kept = turns.findLast((turn) => turn.some(hasReply)) ?? turns.at(-1) ?? [];
  const older = rows.filter((row) => !kept.includes(row));
  const [first, second] = older;
  const excerpts = excerptsOf(messagesOf(older));
  if (first === undefined || excerpts === "" || (second === undefined && wordsOf(first.message).startsWith(NOTE)))
    return { ok: true, compacted: false, reason: "nothing older than the newest turn could become shorter" };
  const note: Message = { role: "user", content: NOTE + excerpts, timestamp: 0 };
  for (const { seq } of older) store.sql("DELETE FROM messages WHERE seq = ?", seq);
  store.sql("INSERT INTO messages VALUES (?, ?, ?)", first.seq, name, JSON.stringify(note));
  const tokensBefore = sizeOf(messagesOf(rows));
  return { ok: true, compacted: true, result: { tokensBefore, tokensAfter: sizeOf([note, ...messagesOf(kept)]) } };
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "sqlite",
  claims: ["history-no-loss", "history-crash"],
  async factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const reason = unavailable();
    if (reason !== undefined) throw new Error(`The sqlite engine cannot run: ${reason}.`);
    const store = openStore(join(agentDir, "sqlite"), (await import(MODULE)) as Sqlite);
    // An instance serves one turn: what it is given again is no news of the host's, while another turn may have been committed.
    const met = new Set<string>();
    const take = (params: define.SessionParams, messages: Message[], advancementKey?: string) =>
      store.atomic(() => deliver(store, params, messages, advancementKey));
    return {
      info: { id: "sqlite", name: "SQLite engine", ownsCompaction: true, transcriptSemantics: { ...semantics } },
      bootstrap: (params) => store.atomic(() => bootstrap(store, params)),
      async assemble(params) {
        const result = await store.atomic(() => assemble(store, params, !met.has(nameOf(params))));
        met.add(nameOf(params));
        return result;
      },
      commitTurn: async (params) => ({
        status: (await take(params, params.messages, params.advancementKey)) ? "committed" : "duplicate",
      }),
      afterTurn: async (params) => void (await take(params, params.messages.slice(params.prePromptMessageCount))),
      ingest: async (params) => ({ ingested: await take(params, [params.message]) }),
      compact: (params) => store.atomic(() => compact(store, nameOf(params))),
      dispose: () => store.close(),
    };
  },
} satisfies define.EngineAdapter;
