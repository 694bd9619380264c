// A store that tidies up in the background: after a delivery the long texts of older turns are cut, while the host goes on and disposes of the
// instance; nobody waits but `settle`. The work is bounded, survives a directory that is gone, and changes no newest turn. Asked for room, it
// lets go of most older turns as well.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type * as define from "../src/define/index.js";

type Message = define.Message;

/** Turns that are left whole, and characters left of an older text that has more than twice as many. */
const WHOLE_TURNS = 4;
const LEFT_CHARACTERS = 120;
/** When the host asks for room: characters left of an older text, and the part of the older turns that stays. */
const FORCED_CHARACTERS = 20;
const FORCED_PART = 4;

interface Session {
  /** Advancement keys, and digests of what was delivered without one. */
  known: string[];
  viewed: boolean;
  /** A durable host has it all in its history, so an empty one means a reset. */
  committed: boolean;
  /** The host's lifecycle revision: another one in its place means a reset as well. */
  revision?: string;
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

function shortened(message: Message, left: number): Message {
  const cut = (text: string) => (text.length > 2 * left ? `${text.slice(0, left)} …` : text);
  if (message.role === "compactionSummary" || message.role === "custom") return message;
  if (typeof message.content === "string") return { ...message, content: cut(message.content) } as Message;
  const content = message.content.map((part) => (part.type === "text" ? { ...part, text: cut(part.text) } : part));
  return { ...message, content } as Message;
}

/** A revision in place of another is a reset. A first one need not be: it also appears by itself. */
function renew(files: Files, params: define.SessionParams): void {
  const session = files.load(params);
  const revision = params.sessionTarget?.expectedLifecycleRevision;
  if (revision === undefined || revision === session.revision) return;
  files.save(params, { ...session, revision, messages: session.revision === undefined ? session.messages : [] });
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

/** Cuts the long texts of all but the newest turns. */
function tidy(files: Files, params: define.SessionParams): void {
  const session = files.load(params);
  const cut = session.messages.length - turnsOf(session.messages).slice(-WHOLE_TURNS).flat().length;
  const messages = session.messages.map((message, at) => (at < cut ? shortened(message, LEFT_CHARACTERS) : message));
  if (sizeOf(messages) < sizeOf(session.messages)) files.save(params, { ...session, messages });
}

/** Makes room: all before the newest turn with an answer is cut short, and of those turns only the newer part stays. */
function squeeze(files: Files, params: define.SessionParams): boolean {
  const session = files.load(params);
  const turns = turnsOf(session.messages);
  const answered = Math.max(
    0,
    turns.findLastIndex((turn) => turn.some((message) => message.role !== "user" && isSaid(message))),
  );
  const stay = turns.slice(answered - Math.floor(answered / FORCED_PART), answered).flat();
  const messages = [...stay.map((message) => shortened(message, FORCED_CHARACTERS)), ...turns.slice(answered).flat()];
  const isShorter = sizeOf(messages) < sizeOf(session.messages);
  if (isShorter) files.save(params, { ...session, messages });
  return isShorter;
}

const jobs = new Set<Promise<void>>();

/** Starts the work and does not wait for it. What goes wrong in it goes wrong alone: the next delivery tries again. */
function tidyLater(files: Files, { sessionKey, sessionId }: define.SessionParams): void {
  const params = sessionKey === undefined ? { sessionId } : { sessionKey, sessionId };
  const job = setImmediate()
    .then(() => tidy(files, params))
    .catch(() => {})
    .finally(() => jobs.delete(job));
  jobs.add(job);
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

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "background",
  settle: async () => {
    while (jobs.size > 0) await Promise.all(jobs);
  },
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "background"));
    return {
      info: { id: "background", name: "Engine with background work", transcriptSemantics: { ...semantics } },
      async bootstrap(params) {
        renew(files, params);
        return { bootstrapped: true };
      },
      async assemble(params) {
        const messages = newest(admit(files, params).messages, params.tokenBudget ?? Number.POSITIVE_INFINITY);
        return { messages, estimatedTokens: sizeOf(messages) };
      },
      async commitTurn(params) {
        const isNew = commit(files, params);
        tidyLater(files, params);
        return { status: isNew ? "committed" : "duplicate" };
      },
      async afterTurn(params) {
        take(files, params, params.messages.slice(params.prePromptMessageCount));
        tidyLater(files, params);
      },
      async ingest(params) {
        take(files, params, [params.message]);
        return { ingested: true };
      },
      async compact(params) {
        const tokensBefore = sizeOf(files.load(params).messages);
        if (!squeeze(files, params)) return { ok: true, compacted: false, reason: "nothing older can be cut" };
        return { ok: true, compacted: true, result: { tokensBefore, tokensAfter: sizeOf(files.load(params).messages) } };
      },
      dispose: () => {}, // The work goes on.
    };
  },
} satisfies define.EngineAdapter;
