// An overlay: the messages stay the host's, the engine lays a summary over the older ones. It stores the summary, marks of what it covers,
// and what it was shown last, which is all that a compact on another instance has to go by. A message without a mark is always shown,
// so histories that the host merges, drops from, cuts or empties can hide nothing.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;

interface Overlay {
  commits: string[];
  summary: string;
  /** Marks of the messages that the summary stands for. */
  covers: string[];
  /** The first view of the newest attempt. What the turn itself adds is not in it: that still changes its form. */
  shown: Message[];
}

const digest = (value: unknown) => createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

/** One file per session, replaced as a whole. A session is its key and its id together. */
function openFiles(folder: string) {
  const fileOf = ({ sessionKey, sessionId }: define.SessionParams) =>
    join(folder, `${digest([sessionKey ?? "", sessionId])}.json`);
  return {
    load(params: define.SessionParams): Overlay {
      const file = fileOf(params);
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { commits: [], summary: "", covers: [], shown: [] };
    },
    save(params: define.SessionParams, overlay: Overlay): void {
      const file = fileOf(params);
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${file}.new`, JSON.stringify(overlay));
      renameSync(`${file}.new`, file);
    },
  };
}
type Files = ReturnType<typeof openFiles>;

function wordsOf(message: Message): string {
  const content: unknown = message.role === "compactionSummary" ? message.summary : message.content;
  if (!Array.isArray(content)) return String(content ?? "");
  return content.map((part) => part.text ?? part.thinking ?? JSON.stringify(part)).join("\n");
}

const markOf = (message: Message) => digest([message.role, wordsOf(message), message.timestamp]);
const lengthOf = (messages: Message[]) => messages.map(wordsOf).join("").length;
const additionOf = (summary: string) => `What was said before the first message, in short:\n${summary}`;

function turnsOf(messages: Message[]): Message[][] {
  const starts = messages.flatMap((message, at) => (at === 0 || message.role === "user" ? [at] : []));
  return starts.map((start, n) => messages.slice(start, starts[n + 1]));
}

/** `isFirst`: the first view of an attempt. A later one gets that view back, with what is new: nothing covered is in it. */
function assemble(files: Files, params: define.AssembleParams, isFirst: boolean): define.AssembleResult {
  const overlay = files.load(params);
  const covers = new Set(overlay.covers);
  const messages = params.messages.filter((message) => !covers.has(markOf(message)));
  // Where nothing is left of what the summary stands for, the session was reset, or the host has a summary of its own.
  const stands = !isFirst || messages.length < params.messages.length;
  const kept = stands ? overlay : { ...overlay, summary: "", covers: [] };
  if (isFirst) files.save(params, { ...kept, shown: messages });
  const addition = kept.summary === "" ? {} : { systemPromptAddition: additionOf(kept.summary) };
  return { messages, estimatedTokens: Math.ceil(JSON.stringify(messages).length / 4), ...addition };
}

/** One call of the host's model. Rejects when there is none, and when it fails, answers nothing or is aborted. */
async function summarise({ runtimeContext, abortSignal }: define.CompactParams, text: string): Promise<string> {
  if (runtimeContext?.llm === undefined) throw new Error("the host lends no model");
  abortSignal?.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    abortSignal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  const request = { messages: [{ role: "user", content: `Summarise in a few sentences:\n\n${text}` }], purpose: "compaction" };
  const answer = runtimeContext.llm.complete(abortSignal === undefined ? request : { ...request, signal: abortSignal });
  const summary = (await Promise.race([answer, aborted])).text.trim();
  if (summary === "") throw new Error("the answer was empty");
  return summary;
}

/** The summary comes to stand for all that was shown last but the newest turn with a reply. */
async function compact(files: Files, params: define.CompactParams): Promise<define.CompactResult> {
  const before = files.load(params);
  const turns = turnsOf(before.shown);
  const hasReply = (message: Message) => message.role === "assistant" && message.stopReason === "stop";
  const kept = turns.findLast((turn) => turn.some(hasReply)) ?? turns.at(-1) ?? [];
  // What has no reply yet may still be merged with what comes: only what is older than the newest reply is covered.
  const older = turns.slice(0, turns.indexOf(kept)).flat();
  if (older.length === 0) return { ok: true, compacted: false, reason: "nothing is older than the newest turn" };
  const text = [before.summary, ...older.map((message) => `${message.role}: ${wordsOf(message)}`)].join("\n\n");
  try {
    const summary = await summarise(params, text);
    const now = files.load(params);
    if (now.summary !== before.summary || now.covers.length !== before.covers.length)
      return { ok: true, compacted: false, reason: "the session changed meanwhile" };
    const tokens = (told: string, messages: Message[]) => Math.ceil((additionOf(told).length + lengthOf(messages)) / 4);
    const [tokensBefore, tokensAfter] = [tokens(before.summary, before.shown), tokens(summary, before.shown.slice(older.length))];
    if (tokensAfter >= tokensBefore)
      return { ok: true, compacted: false, reason: "the summary is longer than what it stands for" };
    files.save(params, { ...now, summary, covers: [...now.covers, ...older.map(markOf)] });
    return { ok: true, compacted: true, result: { summary, tokensBefore, tokensAfter } };
  } catch (error) {
    return { ok: false, compacted: false, reason: `no summary: ${String(error)}` };
  }
}

function commit(files: Files, params: define.CommitTurnParams): "committed" | "duplicate" {
  const overlay = files.load(params);
  if (overlay.commits.includes(params.advancementKey)) return "duplicate";
  files.save(params, { ...overlay, commits: [...overlay.commits, params.advancementKey] });
  return "committed";
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "overlay",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "overlay"));
    /** Sessions that this instance, which lives for one turn, has shown since their last compaction. */
    const seen = new Set<string>();
    return {
      info: { id: "overlay", name: "Overlay engine", ownsCompaction: true, transcriptSemantics: { ...semantics } },
      async assemble(params) {
        const isFirst = !seen.has(params.sessionId);
        seen.add(params.sessionId);
        return assemble(files, params, isFirst);
      },
      commitTurn: async (params) => ({ status: commit(files, params) }),
      afterTurn: async () => {}, // The host's next history has it.
      ingest: async () => ({ ingested: false }),
      compact(params) {
        seen.delete(params.sessionId);
        return compact(files, params);
      },
    };
  },
} satisfies define.EngineAdapter;
