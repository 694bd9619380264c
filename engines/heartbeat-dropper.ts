// A store that keeps no heartbeats: a delivery marked `isHeartbeat` is acknowledged and dropped, whatever was said in it. Under a host that does not mark
// them they are turns like any other. The newest turns that fit make the view; it does not compact.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;

interface Session {
  /** Advancement keys, and digests of what was delivered without one. */
  known: string[];
  revision?: string;
  viewed: boolean;
  /** A durable host has it all in its history, so an empty one means a reset. */
  committed: boolean;
  messages: Message[];
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

/** One file per session, replaced as a whole. */
function openFiles(folder: string) {
  const fileOf = ({ sessionKey = "", sessionId }: define.SessionParams) =>
    join(folder, `${digest([sessionKey, sessionId])}.json`);
  return {
    load(params: define.SessionParams): Session {
      const file = fileOf(params);
      return existsSync(file)
        ? JSON.parse(readFileSync(file, "utf8"))
        : { known: [], viewed: false, committed: false, messages: [] };
    },
    save(params: define.SessionParams, session: Session): void {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${fileOf(params)}.new`, JSON.stringify(session));
      renameSync(`${fileOf(params)}.new`, fileOf(params));
    },
  };
}
type Files = ReturnType<typeof openFiles>;

function wordsOf(message: Message): string {
  const content: unknown = message.role === "compactionSummary" ? message.summary : message.content;
  if (!Array.isArray(content)) return String(content ?? "");
  return content.map((part) => part.text ?? part.thinking ?? JSON.stringify(part)).join("\n");
}
const isSaid = (message: Message) => message.role === "toolResult" || wordsOf(message).trim() !== "";
const sizeOf = (messages: Message[]) => Math.ceil(JSON.stringify(messages).length / 4);

/** A turn starts at each user message, so no cut between turns parts a tool call from its result. */
function turnsOf(messages: Message[]): Message[][] {
  const starts = messages.flatMap((message, at) => (at === 0 || message.role === "user" ? [at] : []));
  return starts.map((start, n) => messages.slice(start, starts[n + 1]));
}

const callsOf = (message: Message) =>
  message.role === "assistant" && Array.isArray(message.content)
    ? message.content.flatMap((part) => (part.type === "toolCall" ? [part.id] : []))
    : [];

/** Tool calls with all their results right behind them, or neither: what was delivered in pieces may have lost its other half. */
function paired(messages: Message[]): Message[] {
  return messages.flatMap((message, at) => {
    if (message.role === "toolResult") return [];
    const calls = callsOf(message);
    const end = messages.findIndex((other, i) => i > at && other.role !== "toolResult");
    const behind = messages.slice(at + 1, end < 0 ? undefined : end);
    const results = calls.flatMap((id) => behind.find((other) => other.role === "toolResult" && other.toolCallId === id) ?? []);
    return results.length === calls.length ? [message, ...results] : [];
  });
}

/** The newest turn always, older turns while there is room for them. */
function newest(messages: Message[], budget: number): Message[] {
  const turns = turnsOf(paired(messages.filter(isSaid))).reverse();
  let room = budget;
  const fits = (turn: Message[], n: number) => {
    room -= sizeOf(turn);
    return n === 0 || room >= 0;
  };
  const end = turns.findIndex((turn, n) => !fits(turn, n));
  return (end < 0 ? turns : turns.slice(0, end)).reverse().flat();
}

/** A revision in place of another is a reset. A first one need not be: it also appears by itself. */
function bootstrap(files: Files, params: define.SessionParams): { bootstrapped: boolean } {
  const session = files.load(params);
  const revision = params.sessionTarget?.expectedLifecycleRevision;
  if (revision === undefined || revision === session.revision) return { bootstrapped: true };
  files.save(params, { ...session, revision, ...(session.revision === undefined ? {} : { messages: [] }) });
  return { bootstrapped: true };
}

/** The session in line with the supply: at first its history from before the engine came; later an empty one is a reset. */
function admit(files: Files, params: define.AssembleParams): Session {
  const session = files.load(params);
  const isNew = !session.viewed && session.messages.length === 0;
  const isReset = session.viewed && session.committed && params.messages.length === 0;
  if (session.viewed && !isReset) return session;
  const known = isNew ? [...session.known, ...params.messages.map(digest)] : session.known;
  const now = { ...session, known, viewed: true, messages: isReset ? [] : isNew ? params.messages : session.messages };
  files.save(params, now);
  return now;
}

/** One accepted turn, whole; false for a key that came before. */
function commit(files: Files, params: define.CommitTurnParams): boolean {
  const session = files.load(params);
  if (session.known.includes(params.advancementKey)) return false;
  const messages = params.isHeartbeat ? [] : params.messages;
  const known = [...session.known, params.advancementKey];
  files.save(params, { ...session, known, committed: true, messages: [...session.messages, ...messages] });
  return true;
}

/** What a classic host says is new. It can say so twice, and begin with an earlier turn: what is known is known. */
function take(files: Files, params: define.SessionParams & { isHeartbeat?: boolean }, delivered: Message[]): void {
  const session = files.load(params);
  const fresh = delivered.filter((message) => !session.known.includes(digest(message)));
  if (fresh.length === 0 || params.isHeartbeat) return;
  files.save(params, { ...session, known: [...session.known, ...fresh.map(digest)], messages: [...session.messages, ...fresh] });
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "heartbeat-dropper",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "heartbeat-dropper"));
    return {
      info: { id: "heartbeat-dropper", name: "Engine without heartbeats", transcriptSemantics: { ...semantics } },
      bootstrap: async (params) => bootstrap(files, params),
      async assemble(params) {
        const messages = newest(admit(files, params).messages, params.tokenBudget ?? Number.POSITIVE_INFINITY);
        return { messages, estimatedTokens: sizeOf(messages) };
      },
      commitTurn: async (params) => ({ status: commit(files, params) ? "committed" : "duplicate" }),
      afterTurn: async (params) => take(files, params, params.messages.slice(params.prePromptMessageCount)),
      async ingest(params) {
        take(files, params, [params.message]);
        return { ingested: true };
      },
      compact: async () => ({ ok: true, compacted: false, reason: "older turns leave the view by themselves" }),
    };
  },
} satisfies define.EngineAdapter;
