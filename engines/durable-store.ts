// A durable store: every accepted turn arrives once, by commitTurn, and becomes one line of a session's journal. Needs no model:
// compaction keeps the newest turns whole and notes how each older one began. It hears of no failed turn and reads no file.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CompactResult, ContextEngine, EngineAdapter, Message } from "../src/define/index.js";

/** Turns that compaction leaves whole. */
const KEPT_TURNS = 2;
const NOTE_CHARACTERS = 600;

interface Session {
  viewed: boolean;
  commits: string[];
  turns: Message[][];
  /** How the turns that were compacted away began, a line each. */
  note: string;
}

/** What a line of the journal says; a commit carries one turn, a first view the turns from before. */
type Line = { commit?: string; turns?: Message[][]; viewed?: true; reset?: true; note?: string };

function journal(agentDir: string, sessionKey: string | undefined, sessionId: string) {
  const name = createHash("sha256")
    .update(JSON.stringify([sessionKey, sessionId]))
    .digest("hex");
  const folder = join(agentDir, "durable-store");
  const path = join(folder, `${name}.jsonl`);
  return {
    read(): Session {
      const session: Session = { viewed: false, commits: [], turns: [], note: "" };
      const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
      for (const line of lines) apply(session, parsed(line));
      return session;
    },
    /** One write. The line break comes first, so that a line torn by a crash spoils no other. */
    write(line: Line): void {
      mkdirSync(folder, { recursive: true });
      appendFileSync(path, `\n${JSON.stringify(line)}`);
    },
  };
}

function parsed(line: string): Line {
  try {
    return line === "" ? {} : JSON.parse(line);
  } catch {
    return {};
  }
}

function apply(session: Session, line: Line): void {
  if (line.viewed) session.viewed = true;
  if (line.reset) Object.assign(session, { turns: [], note: "" });
  if (line.note !== undefined) Object.assign(session, { turns: session.turns.slice(-KEPT_TURNS), note: line.note });
  if (line.commit !== undefined) session.commits.push(line.commit);
  session.turns.push(...(line.turns ?? []));
}

/** A turn starts at each user message. */
function turnsOf(messages: Message[]): Message[][] {
  const turns: Message[][] = [];
  for (const message of messages) {
    const open = turns.at(-1);
    if (open === undefined || message.role === "user") turns.push([message]);
    else open.push(message);
  }
  return turns;
}

const textOf = ({ content }: Exclude<Message, { role: "compactionSummary" }>): string =>
  typeof content === "string" ? content : content.map((part) => (part.type === "text" ? part.text : "")).join("");

/** Kinds that only hosts make and empty messages stay out; an empty tool result belongs to its call. */
function isShown(message: Message): boolean {
  if (message.role === "custom" || message.role === "compactionSummary") return false;
  const hasMore = typeof message.content !== "string" && message.content.some((part) => part.type !== "text");
  return message.role === "toolResult" || hasMore || textOf(message).trim() !== "";
}

function viewOf({ note, turns }: Pick<Session, "note" | "turns">): Message[] {
  const head: Message[] = note === "" ? [] : [{ role: "user", content: `[Earlier]\n${note}`, timestamp: 0 }];
  return [...head, ...turns.flat().filter(isShown)];
}

/** By what is said, not by how it is written down: a note as a string is no gain over the same words in a list of parts. */
function sizeOf(messages: Message[]): number {
  const characters = messages.flatMap((message): number[] => {
    if (message.role === "compactionSummary") return [0];
    if (typeof message.content === "string") return [message.content.length];
    return message.content.map((part) => (part.type === "text" ? part.text.length : JSON.stringify(part).length));
  });
  return Math.ceil(characters.reduce((sum, size) => sum + size, 0) / 4);
}

function beginningOf(turn: Message[]): string {
  const first = turn.find(isShown);
  return first === undefined || first.role === "compactionSummary" ? "…" : `${textOf(first).slice(0, 30)}…`;
}

function compacted(session: Session): { line: Line; result: NonNullable<CompactResult["result"]> } | undefined {
  const old = session.turns.slice(0, -KEPT_TURNS);
  const note = [session.note, ...old.map(beginningOf)].join("\n").trim().slice(-NOTE_CHARACTERS);
  const tokensBefore = sizeOf(viewOf(session));
  const tokensAfter = sizeOf(viewOf({ note, turns: session.turns.slice(-KEPT_TURNS) }));
  if (old.length === 0 || tokensAfter >= tokensBefore) return undefined;
  return { line: { note }, result: { summary: note, tokensBefore, tokensAfter } };
}

function createEngine(agentDir: string): ContextEngine {
  return {
    info: {
      id: "durable-store",
      name: "Durable store",
      version: "1",
      transcriptSemantics: {
        currentTurnFence: "before-current-turn-entry-v1",
        turnAdvancementIdempotency: "atomic-idempotent-v1",
      },
    },

    async ingest() {
      return { ingested: false };
    },

    async commitTurn({ sessionKey, sessionId, advancementKey, messages }) {
      const session = journal(agentDir, sessionKey, sessionId);
      if (session.read().commits.includes(advancementKey)) return { status: "duplicate" };
      session.write({ commit: advancementKey, turns: [messages] });
      return { status: "committed" };
    },

    async assemble({ sessionKey, sessionId, messages, tokenBudget = Number.POSITIVE_INFINITY }) {
      const session = journal(agentDir, sessionKey, sessionId);
      const { viewed, turns } = session.read();
      // The first view takes over what the host already had; later, a host that has nothing any more was told to reset.
      if (!viewed) session.write({ viewed: true, ...(turns.length === 0 ? { turns: turnsOf(messages) } : {}) });
      else if (messages.length === 0 && turns.length > 0) session.write({ reset: true });
      const shown = session.read();
      while (shown.turns.length > KEPT_TURNS && sizeOf(viewOf(shown)) > tokenBudget) shown.turns.shift();
      const view = shown.turns.length > 0 ? viewOf(shown) : messages;
      return { messages: view.map((message) => ({ ...message })), estimatedTokens: sizeOf(view) };
    },

    async compact({ sessionKey, sessionId }) {
      const session = journal(agentDir, sessionKey, sessionId);
      const done = compacted(session.read());
      if (done === undefined)
        return { ok: true, compacted: false, reason: "nothing older than the newest turns is worth a note" };
      session.write(done.line);
      return { ok: true, compacted: true, result: done.result };
    },
  };
}

export default {
  name: "durable-store",
  factory: ({ agentDir = "." }) => createEngine(agentDir),
} satisfies EngineAdapter;
