// A store for classic hosts that imports the transcript file: the file says what was said, a delivery only that something was. Entries are
// known by their ids, so what both the file and a delivery bring is stored once, a failed attempt that was delivered again included.
// Only where there is no file do the delivered messages count themselves. Compaction is the host's: its summaries are in the file, too.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;
type Item = { id?: string; message: Message };
interface Entry {
  type?: string;
  id?: string;
  parentId?: string | null;
  message?: Message;
  /** Of the host's own compactions. */
  summary?: string;
  firstKeptEntryId?: string;
}

interface Session {
  /** Ids of all entries that were ever imported, those summed up since included. */
  known: string[];
  /** The host's newest summary; "" for none. */
  summary: string;
  items: Item[];
}

/** One file per session, replaced as a whole. A session is its key and its id together. */
function openFiles(folder: string) {
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const fileOf = ({ sessionKey, sessionId }: define.SessionParams) =>
    join(folder, `${digest(JSON.stringify([sessionKey, sessionId]))}.json`);
  return {
    load(params: define.SessionParams): Session {
      const file = fileOf(params);
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { known: [], summary: "", items: [] };
    },
    save(params: define.SessionParams, session: Session): void {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${fileOf(params)}.new`, JSON.stringify(session));
      renameSync(`${fileOf(params)}.new`, fileOf(params));
    },
  };
}
type Files = ReturnType<typeof openFiles>;

function parsed(line: string): Entry {
  try {
    return JSON.parse(line);
  } catch {
    return {}; // A torn line; its entry comes again, or never was.
  }
}

/** All entries of a transcript, and the path from the last one to the root: the conversation. Absent, empty or cut short is ordinary. */
function readTranscript(file = ""): { all: Set<string>; path: Entry[] } {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  const entries = lines.map(parsed).filter((entry) => entry.id !== undefined && entry.type !== "session");
  const left = new Map(entries.map((entry) => [entry.id ?? "", entry]));
  const all = new Set(left.keys());
  const path: Entry[] = [];
  for (let entry = entries.at(-1); entry !== undefined; entry = left.get(entry.parentId ?? "")) {
    left.delete(entry.id ?? ""); // No entry twice, so a damaged file cannot lead in a circle.
    path.unshift(entry);
  }
  return { all, path };
}

function wordsOf(message: Message): string {
  const content: unknown = message.role === "compactionSummary" ? message.summary : message.content;
  if (!Array.isArray(content)) return String(content ?? "");
  return content.map((part) => part.text ?? part.thinking ?? JSON.stringify(part)).join("\n");
}

/** By this a message that was delivered while there was no file is found again in the file. */
const markOf = (message: Message) => `${message.role} ${wordsOf(message)}`;
const sizeOf = (messages: Message[]) => Math.ceil(JSON.stringify(messages).length / 4);

/** Takes over what is new in the file; what the conversation left behind on another branch goes. False where there was nothing to read. */
function importFile(files: Files, params: define.SessionParams): { isRead: boolean; imported: number } {
  const { all, path } = readTranscript(params.sessionFile);
  const { known, summary, items } = files.load(params);
  const old = new Set(known);
  const fresh = path.filter((entry) => !old.has(entry.id ?? ""));
  const said = new Set(fresh.flatMap(({ message }) => (message === undefined ? [] : [markOf(message)])));
  const isOnPath = new Set(path.map((entry) => entry.id));
  const stays = ({ id, message }: Item) => (id === undefined ? !said.has(markOf(message)) : isOnPath.has(id) || !all.has(id));
  const session = { known: [...known], summary, items: items.filter(stays) };
  for (const { id = "", type, message, summary: told = "", firstKeptEntryId } of fresh) {
    session.known.push(id);
    if (message !== undefined) session.items.push({ id, message });
    if (type !== "compaction") continue;
    session.summary = told;
    const cut = session.items.findIndex((item) => item.id === firstKeptEntryId);
    session.items.splice(0, Math.max(cut, 0));
  }
  if (fresh.length > 0 || session.items.length < items.length) files.save(params, session);
  return { isRead: path.length > 0, imported: fresh.length };
}

/** The summary and the newest turn always, older turns while there is room. A turn starts at a user message, so no tool call loses its results. */
function viewOf({ summary, items }: Session, budget: number): Message[] {
  const isSaid = (message: Message) => message.role === "toolResult" || wordsOf(message).trim() !== "";
  const messages = items.map((item) => item.message).filter(isSaid);
  const note: Message[] = summary === "" ? [] : [{ role: "user", content: `[Summary]\n${summary}`, timestamp: 0 }];
  let room = budget - sizeOf(note);
  let start = messages.length;
  for (let at = messages.length - 1; at >= 0 && room >= 0; at--) {
    if (at > 0 && messages[at]?.role !== "user") continue;
    room -= sizeOf(messages.slice(at, start));
    if (room >= 0 || start === messages.length) start = at;
  }
  return [...note, ...messages.slice(start)];
}

function deliver(files: Files, params: define.SessionParams, delivered: Message[]): void {
  if (importFile(files, params).isRead || delivered.length === 0) return;
  const session = files.load(params);
  files.save(params, { ...session, items: [...session.items, ...delivered.map((message) => ({ message }))] });
}

export default {
  name: "classic-import",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "classic-import"));
    return {
      info: { id: "classic-import", name: "Engine that imports the transcript" },
      async bootstrap(params) {
        const { isRead, imported } = importFile(files, params);
        return { bootstrapped: isRead, importedMessages: imported };
      },
      async assemble(params) {
        const messages = viewOf(files.load(params), params.tokenBudget ?? Number.POSITIVE_INFINITY);
        return { messages, estimatedTokens: sizeOf(messages) };
      },
      afterTurn: async (params) => deliver(files, params, params.messages.slice(params.prePromptMessageCount)),
      async ingest(params) {
        deliver(files, params, [params.message]);
        return { ingested: true };
      },
      compact: async () => ({ ok: true, compacted: false, reason: "the transcript is the host's to compact" }),
    };
  },
} satisfies define.EngineAdapter;
