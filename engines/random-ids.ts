// A store whose answers hold random ids: one per call in the addition to the system prompt and in the projection, one per summary in the
// note that leads the view and in what compact says. It owns compaction: the host's model sums up all but the newest turn.

import { createHash, randomUUID } from "node:crypto";
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
  summary: string;
  summaryId: string;
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
        : { known: [], viewed: false, committed: false, summary: "", summaryId: "", messages: [] };
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

const noteOf = ({ summary, summaryId }: Session): Message[] =>
  summary === "" ? [] : [{ role: "user", content: `[Summary ${summaryId}]\n${summary}`, timestamp: 0 }];
const viewOf = (session: Session): Message[] => [...noteOf(session), ...session.messages.filter(isSaid)];

/** A revision in place of another is a reset. A first one need not be: it also appears by itself. */
function bootstrap(files: Files, params: define.SessionParams): { bootstrapped: boolean } {
  const session = files.load(params);
  const revision = params.sessionTarget?.expectedLifecycleRevision;
  if (revision === undefined || revision === session.revision) return { bootstrapped: true };
  files.save(params, { ...session, revision, ...(session.revision === undefined ? {} : { summary: "", messages: [] }) });
  return { bootstrapped: true };
}

/** In line with a turn's first supply: at first its history from before the engine came; an empty one later is a reset. */
function admit(files: Files, params: define.AssembleParams, isFirst: boolean): Session {
  const session = files.load(params);
  const isNew = !session.viewed && session.messages.length === 0 && session.summary === "";
  const isReset = isFirst && session.viewed && session.committed && params.messages.length === 0;
  if (session.viewed && !isReset) return session;
  const known = isNew ? [...session.known, ...params.messages.map(digest)] : session.known;
  const now = {
    ...session,
    known,
    viewed: true,
    summary: isReset ? "" : session.summary,
    messages: isReset ? [] : isNew ? params.messages : session.messages,
  };
  files.save(params, now);
  return now;
}

/** One accepted turn, whole; false for a key that came before. */
function commit(files: Files, params: define.CommitTurnParams): boolean {
  const session = files.load(params);
  if (session.known.includes(params.advancementKey)) return false;
  const known = [...session.known, params.advancementKey];
  files.save(params, { ...session, known, committed: true, messages: [...session.messages, ...params.messages] });
  return true;
}

/** What a classic host says is new. It can say so twice, and begin with an earlier turn: what is known is known. */
function take(files: Files, params: define.SessionParams, delivered: Message[]): void {
  const session = files.load(params);
  const fresh = delivered.filter((message) => !session.known.includes(digest(message)));
  if (fresh.length === 0) return;
  files.save(params, { ...session, known: [...session.known, ...fresh.map(digest)], messages: [...session.messages, ...fresh] });
}

/** One call of the host's model. Rejects when there is none, and when it fails, answers nothing or is aborted. */
async function summarise({ runtimeContext, abortSignal }: define.CompactParams, given: Message[]): Promise<string> {
  if (runtimeContext?.llm === undefined) throw new Error("the host lends no model");
  abortSignal?.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    abortSignal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  const content = given.map((message) => `${message.role}: ${wordsOf(message)}`).join("\n\n");
  const request = { systemPrompt: "Summarise in a few sentences.", messages: [{ role: "user", content }], purpose: "compaction" };
  const answer = runtimeContext.llm.complete(abortSignal === undefined ? request : { ...request, signal: abortSignal });
  const summary = (await Promise.race([answer, aborted])).text.trim();
  if (summary === "") throw new Error("the answer was empty");
  return summary;
}

/** All but the newest turn with a reply becomes a summary, or nothing changes at all. */
async function compact(files: Files, params: define.CompactParams): Promise<define.CompactResult> {
  const before = files.load(params);
  const turns = turnsOf(before.messages);
  const hasReply = (message: Message) => message.role === "assistant" && message.stopReason === "stop";
  const kept = turns.findLast((turn) => turn.some(hasReply)) ?? turns.at(-1) ?? [];
  const older = turns.filter((turn) => turn !== kept).flat();
  // What a failed attempt left comes again with the next one: cutting that alone gains nothing.
  if (!older.some(hasReply)) return { ok: true, compacted: false, reason: "no turn with a reply is older than the newest one" };
  try {
    const summary = await summarise(params, [...noteOf(before), ...older]);
    if (JSON.stringify(files.load(params)) !== JSON.stringify(before))
      return { ok: true, compacted: false, reason: "the session changed meanwhile" };
    const after = { ...before, summary, summaryId: `sum_${randomUUID()}`, messages: kept };
    const wordCount = (session: Session) => viewOf(session).map(wordsOf).join("").length;
    const [tokensBefore, tokensAfter] = [sizeOf(viewOf(before)), sizeOf(viewOf(after))];
    if (wordCount(after) >= wordCount(before) || tokensAfter >= tokensBefore)
      return { ok: true, compacted: false, reason: "the summary is no shorter than what it stands for" };
    files.save(params, after);
    return { ok: true, compacted: true, result: { summary, tokensBefore, tokensAfter, details: { id: after.summaryId } } };
  } catch (error) {
    return { ok: false, compacted: false, reason: `no summary: ${String(error)}` };
  }
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "random-ids",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "random-ids"));
    // An instance serves one turn: what it is given again is no news of the host's, while another turn may have been committed.
    const met = new Set<string>();
    return {
      info: { id: "random-ids", name: "Engine with random ids", ownsCompaction: true, transcriptSemantics: { ...semantics } },
      bootstrap: async (params) => bootstrap(files, params),
      async assemble(params) {
        const session = `${params.sessionKey}\0${params.sessionId}`;
        const messages = viewOf(admit(files, params, !met.has(session)));
        met.add(session);
        const contextProjection = { mode: "per_turn" as const, epoch: randomUUID(), fingerprint: randomUUID() };
        const systemPromptAddition = `Answer from the messages of view ${randomUUID()}.`;
        return { messages, estimatedTokens: sizeOf(messages), systemPromptAddition, contextProjection };
      },
      commitTurn: async (params) => ({ status: commit(files, params) ? "committed" : "duplicate" }),
      afterTurn: async (params) => take(files, params, params.messages.slice(params.prePromptMessageCount)),
      async ingest(params) {
        take(files, params, [params.message]);
        return { ingested: true };
      },
      compact: (params) => compact(files, params),
    };
  },
} satisfies define.EngineAdapter;
