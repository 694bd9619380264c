// A durable store that asks for nothing: `acceptedHostParams: []` leaves it the session id, the messages and the budget. The id alone names
// a session, and a history that has become empty is the only sign of a reset. Asked for room, it lets go of all but the newest turns.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;

/** Turns that a compaction leaves. */
const KEPT_TURNS = 2;

interface Session {
  commits: string[];
  viewed: boolean;
  messages: Message[];
}

/** One file per session, replaced as a whole. */
function openFiles(folder: string) {
  const fileOf = ({ sessionId }: define.SessionParams) =>
    join(folder, `${createHash("sha256").update(sessionId).digest("hex")}.json`);
  return {
    load(params: define.SessionParams): Session {
      const file = fileOf(params);
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { commits: [], viewed: false, messages: [] };
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

/** The newest turn always, older turns while there is room for them. */
function newest(messages: Message[], budget: number): Message[] {
  const turns = turnsOf(messages.filter(isSaid)).reverse();
  let room = budget;
  const fits = (turn: Message[], n: number) => {
    room -= sizeOf(turn);
    return n === 0 || room >= 0;
  };
  const end = turns.findIndex((turn, n) => !fits(turn, n));
  return (end < 0 ? turns : turns.slice(0, end)).reverse().flat();
}

function assemble(files: Files, params: define.AssembleParams): define.AssembleResult {
  const { commits, viewed, messages } = files.load(params);
  const taken = viewed ? messages : [...params.messages, ...messages]; // The first time: what was said before the engine came.
  const session = { commits, viewed: true, messages: viewed && params.messages.length === 0 ? [] : taken };
  if (!viewed || session.messages.length !== messages.length) files.save(params, session);
  const view = newest(session.messages, params.tokenBudget ?? Number.POSITIVE_INFINITY);
  return { messages: view, estimatedTokens: sizeOf(view) };
}

function commit(files: Files, params: define.CommitTurnParams): "committed" | "duplicate" {
  const { commits, viewed, messages } = files.load(params);
  if (commits.includes(params.advancementKey)) return "duplicate";
  files.save(params, { commits: [...commits, params.advancementKey], viewed, messages: [...messages, ...params.messages] });
  return "committed";
}

function compact(files: Files, params: define.CompactParams): define.CompactResult {
  const session = files.load(params);
  const messages = turnsOf(session.messages).slice(-KEPT_TURNS).flat();
  if (messages.length === session.messages.length)
    return { ok: true, compacted: false, reason: "only the newest turns are left" };
  files.save(params, { ...session, messages });
  return { ok: true, compacted: true, result: { tokensBefore: sizeOf(session.messages), tokensAfter: sizeOf(messages) } };
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "minimal-params",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "minimal-params"));
    return {
      info: { id: "minimal-params", name: "Minimal engine", acceptedHostParams: [], transcriptSemantics: { ...semantics } },
      assemble: async (params) => assemble(files, params),
      commitTurn: async (params) => ({ status: commit(files, params) }),
      ingest: async () => ({ ingested: false }),
      compact: async (params) => compact(files, params),
    };
  },
} satisfies define.EngineAdapter;
