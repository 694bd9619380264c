// A tempting mistake: messages are stored by session key alone. Hosts give every isolated heartbeat tick a new session id under one stable
// key, so each tick finds the one before it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ContextEngine, FactoryContext, Message } from "ctxspec";

/** Failed turns leave answers without content; no model should see them again. */
const isWhole = (message: Message): boolean => message.role !== "assistant" || message.content.length > 0;

export default function createLeakyEngine({ agentDir = "." }: FactoryContext): ContextEngine {
  const fileOf = (key = "main") => path.join(agentDir, `${createHash("sha256").update(key).digest("hex")}.json`);
  const load = (key?: string): Message[] => {
    try {
      return JSON.parse(readFileSync(fileOf(key), "utf8")) as Message[];
    } catch {
      return [];
    }
  };
  return {
    info: { id: "leaky", name: "Leaky engine", version: "1.0.0" },
    ingest: async () => ({ ingested: false }),
    async assemble({ sessionKey, messages }) {
      const stored = load(sessionKey);
      return { messages: stored.length > messages.length ? stored : messages, estimatedTokens: 0 };
    },
    async afterTurn({ sessionKey, messages, prePromptMessageCount }) {
      mkdirSync(agentDir, { recursive: true });
      writeFileSync(
        fileOf(sessionKey),
        JSON.stringify([...load(sessionKey), ...messages.slice(prePromptMessageCount).filter(isWhole)]),
      );
    },
    compact: async () => ({ ok: true, compacted: false, reason: "the host compacts" }),
  };
}
