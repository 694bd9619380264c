// A context engine that looks right and is not, for the samples beside it. It has three faults, each a kind that has been published:
// it keeps a conversation by session key alone, it keeps one summary for all conversations, and it never looks at the advancement key.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const textOf = (message) =>
  typeof message.content === "string"
    ? message.content
    : (message.content ?? []).map((part) => (part.type === "text" ? part.text : part.type === "toolCall" ? JSON.stringify(part.arguments) : "")).join("");
const sizeOf = (messages) => messages.reduce((sum, message) => sum + 4 + Math.ceil(textOf(message).length / 2), 0);

const hasContent = (message) => message.role === "toolResult" || message.content.some?.((part) => part.type === "toolCall") || textOf(message) !== "";

export default function createContextEngine({ agentDir }) {
  const folder = join(agentDir, "kept-by-key");
  mkdirSync(folder, { recursive: true });
  const read = (name, otherwise) => {
    try {
      return JSON.parse(readFileSync(join(folder, name), "utf8"));
    } catch {
      return otherwise;
    }
  };
  const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
  // Fault 1: a heartbeat's isolated runs share their lane's key, so each run is shown the one before.
  const nameOf = ({ sessionKey, sessionId }) => `${createHash("sha256").update(sessionKey ?? sessionId).digest("hex").slice(0, 24)}.json`;
  // Fault 2: one file for the summary of every conversation.
  const SUMMARY = "summary.json";

  return {
    info: {
      id: "kept-by-key",
      name: "Kept by key",
      version: "0.3.1",
      ownsCompaction: true,
      transcriptSemantics: { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" },
    },
    async ingest() {
      return { ingested: false };
    },
    async bootstrap() {
      return { bootstrapped: true };
    },
    async assemble(params) {
      const kept = read(nameOf(params), []);
      const summary = read(SUMMARY, "");
      const content = `Earlier: ${summary}`;
      const known = summary === "" || params.messages.some((message) => message.content === content);
      const messages = [...(known ? [] : [{ role: "user", content, timestamp: 0 }]), ...(kept.length > 0 ? kept : params.messages)];
      return { messages, estimatedTokens: sizeOf(messages) };
    },
    async commitTurn(params) {
      // Fault 3: a turn that is delivered again is kept again.
      write(nameOf(params), [...read(nameOf(params), []), ...params.messages.filter(hasContent)]);
      return { status: "committed" };
    },
    async compact(params) {
      const kept = read(nameOf(params), []);
      const newest = kept.findLastIndex((message) => message.role === "user");
      const old = kept.slice(0, Math.max(0, newest));
      if (old.length === 0) return { ok: true, compacted: false, reason: "nothing to compact" };
      const answer = await params.runtimeContext?.llm?.complete({
        messages: [{ role: "user", content: old.map(textOf).join("\n") }],
        systemPrompt: "Summarise.",
        ...(params.abortSignal === undefined ? {} : { signal: params.abortSignal }),
      });
      if (!answer?.text) return { ok: false, compacted: false, reason: "no summary" };
      const after = kept.slice(newest);
      const tokensAfter = sizeOf(after) + Math.ceil(answer.text.length / 2);
      if (tokensAfter >= sizeOf(kept)) return { ok: true, compacted: false, reason: "the summary is longer" };
      write(SUMMARY, answer.text);
      write(nameOf(params), after);
      return { ok: true, compacted: true, result: { summary: answer.text, tokensBefore: sizeOf(kept), tokensAfter } };
    },
    async dispose() {},
  };
}
