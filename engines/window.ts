// A sliding window over the host's messages: the newest exchanges that fit, a tool call never without its results. A view depends on the
// call alone; what is remembered of a session is only which turns a durable host has sent. It does not own compaction.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;

/** Exchanges in a view, at most. */
const MOST_EXCHANGES = 40;

const sizeOf = (messages: Message[]) => Math.ceil(JSON.stringify(messages).length / 4);
const callsTools = (message: Message | undefined) =>
  message?.role === "assistant" && message.content.some((part) => part.type === "toolCall");

/** An exchange is a user message with all that answers it, so a cut between two parts no tool call from its results. */
function exchangesOf(messages: Message[]): Message[][] {
  const exchanges: Message[][] = [];
  for (const [at, message] of messages.entries()) {
    const open = exchanges.at(-1);
    const waits = callsTools(messages[at - 1]); // A user who speaks between a call and its results begins nothing new.
    if (open === undefined || (message.role === "user" && !waits)) exchanges.push([message]);
    else open.push(message);
  }
  return exchanges;
}

/** The newest exchange always, older ones while there is room for them. */
function windowOf(messages: Message[], budget: number): Message[] {
  const exchanges = exchangesOf(messages).slice(-MOST_EXCHANGES);
  let view = exchanges.pop() ?? [];
  for (const exchange of exchanges.reverse()) {
    if (sizeOf(exchange) + sizeOf(view) > budget) break;
    view = [...exchange, ...view];
  }
  return view;
}

/** One file of advancement keys per session, a key a line. The line break comes first: a line torn by a crash spoils no other. */
function isNew(folder: string, { sessionKey = "", sessionId, advancementKey }: define.CommitTurnParams): boolean {
  const file = join(
    folder,
    createHash("sha256")
      .update(JSON.stringify([sessionKey, sessionId]))
      .digest("hex"),
  );
  if (existsSync(file) && readFileSync(file, "utf8").split("\n").includes(advancementKey)) return false;
  mkdirSync(folder, { recursive: true });
  appendFileSync(file, `\n${advancementKey}`);
  return true;
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "window",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const folder = join(agentDir, "window");
    return {
      info: { id: "window", name: "Window engine", transcriptSemantics: { ...semantics } },
      async assemble({ messages, tokenBudget = Number.POSITIVE_INFINITY }) {
        const view = windowOf(messages, tokenBudget);
        return { messages: view, estimatedTokens: sizeOf(view) };
      },
      commitTurn: async (params) => ({ status: isNew(folder, params) ? "committed" : "duplicate" }),
      afterTurn: async () => {},
      ingest: async () => ({ ingested: false }),
      compact: async () => ({ ok: true, compacted: false, reason: "the window slides by itself" }),
    };
  },
} satisfies define.EngineAdapter;
