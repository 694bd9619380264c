// The reference engine: a store of what the host delivered, one journal per session, summarised by the host's own model.
// It conforms under every profile and claims all there is to claim. It needs nothing that another instance, a new process or a
// crash would lose, and looks at neither clocks nor chance. Authors copy from it.

import { hash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import type * as define from "../src/define/index.js";

type Message = define.Message;
type Part = define.TextPart | define.ImagePart | define.ThinkingPart | define.ToolCallPart;
/** One line of a journal: what replaces a field, what is added to one. */
type Change = Partial<Session> & { commit?: string; add?: Message[] };
/** What an instance knows of its turn, by session: how many messages there were before it, and the view it returned last. */
type Turn = Map<string, { start: number; shown?: string }>;

interface Session {
  /** Advancement keys committed so far, digests of what came without one; they outlive a reset. */
  commits: string[];
  revision?: string | undefined;
  viewed: boolean;
  /** The host's own history holds what is stored here (it committed or supplied it), so an empty history means a reset. */
  hostHolds: boolean;
  /** Stands for everything compacted so far; "" for nothing. */
  summary: string;
  messages: Message[];
}

const EMPTIED: Change = { summary: "", messages: [] };
const blank = (): Session => ({ commits: [], viewed: false, hostHolds: false, summary: "", messages: [] });
const isEmpty = (session: Session) => session.messages.length === 0 && session.summary === "";

// ---- Journals: a change is one line, appended in one write. A crash may leave a torn line, which counts for nothing.
const digest = (text = "") => hash("sha256", JSON.stringify(text)).slice(0, 32);
const forkName = (childKey = "") => `${digest(childKey)}.fork`;
type Files = ReturnType<typeof openFiles>;

function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {} // The caller says what counts instead.
  return undefined;
}

function openFiles(folder: string) {
  const size = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  /** What was taken in so far, and up to which byte: a journal only grows. */
  const seen = new Map<string, { end: number; session: Session }>();
  return {
    size,
    load(name: string): Session {
      const { end, session } = seen.get(name) ?? { end: 0, session: blank() };
      if (size(name) === end) return { ...session };
      const bytes = attempt(() => readFileSync(join(folder, name))) ?? Buffer.alloc(0);
      seen.set(name, { end: bytes.length, session });
      for (const line of bytes.toString("utf8", end).split("\n").filter(Boolean)) {
        const { commit = [], add = [], ...fields } = attempt(() => JSON.parse(line) as Change) ?? {};
        Object.assign(session, fields);
        session.commits.push(...[commit].flat());
        session.messages = [...session.messages, ...add];
      }
      return { ...session };
    },
    append(name: string, change: Change): void {
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
      appendFileSync(join(folder, name), `\n${JSON.stringify(change)}`);
    },
    remove: (name: string): void => rmSync(join(folder, name), { force: true }),
    /** A session is its key and its id together; where the host names no key, the id must be enough. */
    nameOf(sessionKey: string | undefined, sessionId: string | undefined): string {
      const name = `${digest(sessionKey)}-${digest(sessionId)}.json`;
      if (sessionKey !== undefined) return name;
      const known = attempt(() => readdirSync(folder))?.filter((other) => other.endsWith(name.slice(32))) ?? [];
      return known.length === 1 ? (known[0] ?? name) : name;
    },
  };
}

// ---- Messages: their parts, their size, the turns they make up.
function partsOf(message: Message): Part[] {
  const content: unknown = message.role === "compactionSummary" ? message.summary : message.content;
  return typeof content === "string" ? [{ type: "text", text: content }] : Array.isArray(content) ? content : [];
}

const wordsOf = (part: Part) => (part.type === "text" ? part.text : part.type === "thinking" ? part.thinking : "");
const bodyOf = (part: Part) => (part.type === "toolCall" ? part.name + JSON.stringify(part.arguments ?? {}) : wordsOf(part));
const textOf = (message: Message) => "".concat(...partsOf(message).map((part) => (part.type === "text" ? part.text : "")));
const noteOf = (text: string): Message[] => (text === "" ? [] : [{ role: "user", content: `[Summary]\n${text}`, timestamp: 0 }]);
const callsOf = (message: Message) => partsOf(message).flatMap((part) => (part.type === "toolCall" ? [part] : []));
const isBlank = (part: Part) => (part.type === "text" || part.type === "thinking") && wordsOf(part).trim() === "";
const isModelKind = (message: Message) => ["user", "assistant", "toolResult"].includes(message.role);

/** Tokens of a text: a quarter for an ASCII character, 1 for a CJK character, 2 for any other code point. */
function tokens(text: string): number {
  const wide = /^\p{ASCII}*$/u.test(text) ? [] : [...text.replace(/\p{ASCII}+/gu, "")];
  const cjk = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}]/u;
  return Math.ceil((text.length - wide.join("").length) / 4) + wide.reduce((sum, char) => sum + (cjk.test(char) ? 1 : 2), 0);
}

/** By message, for a view is measured several times: messages are never changed here, only replaced. */
const sizes = new WeakMap<Message, number>();
function sizeOf(messages: Message[]): number {
  const partSize = (sum: number, part: Part) => sum + (part.type === "image" ? 1_000 : tokens(bodyOf(part)));
  for (const message of messages) sizes.set(message, sizes.get(message) ?? partsOf(message).reduce(partSize, 4));
  return messages.reduce((sum, message) => sum + (sizes.get(message) ?? 0), 0);
}

/** A turn starts at each user message, so no cut between turns parts a tool call from its result. */
function turnsOf(messages: Message[]): Message[][] {
  const starts = messages.flatMap((message, i) => (i === 0 || message.role === "user" ? [i] : []));
  return starts.map((start, n) => messages.slice(start, starts[n + 1]));
}

type Entry = { type?: string; id?: string; parentId?: string | null; message?: Message };
/** A classic host's transcript: JSON lines; the path from the last to the root counts. It may be absent, empty or cut short. */
function readTranscript(file: string): Message[] {
  const lines = attempt(() => readFileSync(file, "utf8")) ?? "";
  const parsed = lines.split("\n").map((line) => attempt(() => JSON.parse(line) as Entry) ?? {});
  const entries = new Map(parsed.flatMap((entry) => (entry.id && entry.type !== "session" ? [[entry.id, entry]] : [])));
  const path: Message[] = [];
  for (let entry = [...entries.values()].at(-1); entry !== undefined; entry = entries.get(entry.parentId ?? "")) {
    entries.delete(entry.id ?? "");
    if (entry.type === "message" && entry.message) path.unshift(entry.message);
  }
  return path.filter((message) => message.role !== "assistant" || message.stopReason !== "error" || callsOf(message).length > 0);
}

/** Fills a session that never held anything; for one that did, what was delivered is the truth. */
function fromFile(session: Session, file = ""): Message[] {
  return isAbsolute(file) && isEmpty(session) && session.commits.length === 0 ? readTranscript(file) : [];
}

function bootstrap(files: Files, params: define.SessionParams) {
  const name = files.nameOf(params.sessionKey, params.sessionId);
  const session = files.load(name);
  const revision = params.sessionTarget?.expectedLifecycleRevision ?? session.revision;
  const add = fromFile(session, params.sessionFile);
  // A revision in place of another is a reset. A first one need not be: it also appears by itself.
  const change = { ...(session.revision === undefined ? {} : EMPTIED), revision, add };
  if (revision !== session.revision || add.length > 0) files.append(name, change);
  return { bootstrapped: true, importedMessages: add.length };
}

// ---- Deliveries: false for one that came before, by its advancement key or else by being the same in every byte.
function deliver(files: Files, params: Partial<define.CommitTurnParams>, messages: Message[]): boolean {
  const name = files.nameOf(params.sessionKey, params.sessionId);
  const commit = params.advancementKey ?? digest(JSON.stringify(messages));
  if (files.load(name).commits.includes(commit)) return false;
  if (messages.length > 0) files.append(name, { commit, add: messages, hostHolds: params.advancementKey !== undefined });
  return true;
}

// ---- The view: the summary, then what is stored, the oldest turns left out where the budget is short.
/** What a turn's first supply says: a session's first one is its history from before, an empty one later is a reset. */
function admit(files: Files, session: Session, params: define.AssembleParams): Change | undefined {
  if (session.viewed) return params.messages.length === 0 && session.hostHolds && !isEmpty(session) ? EMPTIED : undefined;
  if (!isEmpty(session)) return { viewed: true };
  if (params.messages.length > 0) return { viewed: true, messages: params.messages, hostHolds: true };
  return { viewed: true, messages: files.load(forkName(params.sessionKey)).messages };
}

/** Empty messages and kinds that only hosts make are shown while the host still supplies them; a result stays with its call. */
function presentable(messages: Message[], supply: Message[]): Message[] {
  const isPlain = (message: Message) => isModelKind(message) && !partsOf(message).every(isBlank);
  if (messages.every(isPlain)) return messages;
  const supplied = new Set(supply.map((message) => JSON.stringify(message)));
  return messages.flatMap((message): Message[] => {
    if (isPlain(message) || supplied.has(JSON.stringify(message))) return [message];
    return message.role === "toolResult" ? [{ ...message, content: [{ type: "text", text: "(no output)" }] }] : [];
  });
}

/** The message with its texts cut to `limit` characters. Tool calls stay what they were. */
function shortened(message: Message, limit: number): Message {
  const cut = (part: Part) => ({ ...part, text: `${wordsOf(part).slice(0, limit)} […]` });
  const content = partsOf(message).map((part) => (part.type === "text" && part.text.length > limit ? cut(part) : part));
  return isModelKind(message) ? ({ ...message, content } as Message) : message;
}

/** The newest turn always, older ones as they fit. Is it too large alone, the note is cut, then its texts, never the prompt. */
function fitted(note: Message[], messages: Message[], budget: number, prompt: Message | undefined): Message[] {
  const turns = turnsOf(messages);
  let view = [...note, ...(turns.pop() ?? [])];
  for (const reach of [note.length, view.length])
    for (const limit of [4_000, 1_000, 200])
      if (sizeOf(view) > budget) view = view.map((it, i) => (i < reach && it !== prompt ? shortened(it, limit) : it));
  let room = budget - sizeOf(view);
  for (let turn = turns.pop(); turn !== undefined; turn = turns.pop()) {
    room -= sizeOf(turn);
    if (room < 0) break;
    view.splice(note.length, 0, ...turn);
  }
  const calls = new Set(view.flatMap(callsOf).map((call) => call.id));
  return view.filter((message) => message.role !== "toolResult" || calls.has(message.toolCallId));
}

function assemble(files: Files, turn: Turn, params: define.AssembleParams): define.AssembleResult {
  const name = files.nameOf(params.sessionKey, params.sessionId);
  const before = files.load(name);
  const change = turn.has(name) ? undefined : admit(files, before, params);
  if (change !== undefined) files.append(name, change);
  const session = { ...before, ...change };
  const { start = session.messages.length, shown } = turn.get(name) ?? {};
  const budget = params.tokenBudget ?? Number.POSITIVE_INFINITY;
  const stamp = `${session.summary.length} ${session.messages.length} `;
  // Given back what it returned, with nothing delivered in between, it returns the same: one turn sees one view.
  const again = shown !== undefined && shown === stamp + JSON.stringify(params.messages) && sizeOf(params.messages) <= budget;
  const messages = presentable(isEmpty(session) ? params.messages : session.messages, params.messages);
  const prompt = params.prompt === undefined ? messages.findLast((message) => message.role === "user") : undefined;
  const view = again ? params.messages : fitted(noteOf(session.summary), messages, budget, prompt);
  turn.set(name, { start, shown: stamp + JSON.stringify(view) });
  return { messages: view.map((message) => ({ ...message })), estimatedTokens: sizeOf(view) };
}

// ---- Compaction: everything but the newest turn becomes a summary, or nothing changes at all.
/** The turn has its reply: it is neither a failed attempt nor still running. */
function isClosed(turn: Message[]): boolean {
  const last = turn.findLast((message) => message.role === "assistant");
  return last?.role === "assistant" && callsOf(last).length === 0 && !["error", "aborted", "toolUse"].includes(last.stopReason);
}

/** Kept: the newest turn with a reply. What the current turn delivered, from `start` on, is no gain: it comes with the retry. */
function plan(messages: Message[], start: number): { kept: Message[]; dropped: Message[] } {
  const turns = turnsOf(messages);
  const kept = turns.findLast(isClosed) ?? turns.at(-1) ?? [];
  const gains = messages.slice(0, start).some((message) => !kept.includes(message));
  return { kept, dropped: gains ? turns.filter((turn) => turn !== kept).flat() : [] };
}

/** One call of the host's model. Without a model: how each text begins, in half the room. Rejects when it fails or is aborted. */
async function summarise({ abortSignal, runtimeContext }: define.CompactParams, dropped: Message[]): Promise<string> {
  const trimmed = dropped.map((message) => (message.role === "toolResult" ? shortened(message, 2_000) : message));
  const lines = trimmed.map((message) => `${message.role}: ${partsOf(message).map(bodyOf).join(" ")}`);
  const beginnings = () => lines.map((line) => line.slice(0, 60)).join("\n");
  if (runtimeContext?.llm === undefined) return beginnings().slice(0, lines.join("").length / 2);
  abortSignal?.throwIfAborted();
  const systemPrompt = "Summarise this conversation in a few sentences. Keep names, numbers, decisions and what is still open.";
  const request = { systemPrompt, messages: [{ role: "user", content: lines.join("\n\n") }], purpose: "compaction" };
  const aborted = new Promise<never>((_, reject) => {
    abortSignal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  aborted.catch(() => {}); // The model may have thrown before anybody waits for this one.
  const answer = runtimeContext.llm.complete(abortSignal === undefined ? request : { ...request, signal: abortSignal });
  const text = String((await Promise.race([answer, aborted])).text ?? "").trim();
  if (text === "") throw new Error("the answer was empty");
  return text;
}

async function compact(files: Files, turn: Turn, params: define.CompactParams): Promise<define.CompactResult> {
  const name = files.nameOf(params.sessionKey, params.sessionId);
  const before = files.size(name);
  const session = files.load(name);
  session.messages = [...session.messages, ...fromFile(session, params.sessionFile)];
  const { kept, dropped } = plan(session.messages, turn.get(name)?.start ?? session.messages.length);
  if (dropped.length === 0) return { ok: true, compacted: false, reason: "nothing is older than the newest turn" };
  const failed = (error: unknown) => ({ ok: false, compacted: false, reason: `no summary: ${String(error)}` });
  const summary = await summarise(params, [...noteOf(session.summary), ...dropped]).catch(failed);
  if (typeof summary !== "string") return summary;
  if (files.size(name) !== before) return { ok: true, compacted: false, reason: "the session changed meanwhile" };
  const next = { ...session, summary, messages: kept };
  const whole = (state: Session) => [...noteOf(state.summary), ...presentable(state.messages, [])];
  const textLength = (state: Session) => whole(state).map(textOf).join("").length;
  const [tokensBefore, tokensAfter] = [sizeOf(whole(session)), sizeOf(whole(next))];
  if (tokensAfter >= tokensBefore || textLength(next) >= textLength(session))
    return { ok: true, compacted: false, reason: "the summary is no shorter than what it stands for" };
  files.append(name, { summary, messages: kept });
  if (turn.has(name)) turn.set(name, { start: kept.length });
  return { ok: true, compacted: true, result: { summary, tokensBefore, tokensAfter } };
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };
const info = { id: "reference", name: "Reference engine", version: "1", ownsCompaction: true, transcriptSemantics: semantics };
export default {
  name: "reference",
  claims: ["history-no-loss", "history-crash", "compact-lossless", "assemble-budget", "assemble-estimate"],
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const files = openFiles(join(agentDir, "ctxspec-reference"));
    const turn: Turn = new Map();
    return {
      info: { ...info },
      bootstrap: async (params) => bootstrap(files, params),
      maintain: async () => ({ changed: false, bytesFreed: 0, rewrittenEntries: 0 }),
      assemble: async (params) => assemble(files, turn, params),
      commitTurn: async (params) => ({ status: deliver(files, params, params.messages) ? "committed" : "duplicate" }),
      afterTurn: async (params) => void deliver(files, params, params.messages.slice(params.prePromptMessageCount)),
      ingestBatch: async (params) => ({ ingestedCount: deliver(files, params, params.messages) ? params.messages.length : 0 }),
      ingest: async (params) => ({ ingested: deliver(files, params, [params.message]) }),
      compact: (params) => compact(files, turn, params),
      async prepareSubagentSpawn(params) {
        const parent = files.load(files.nameOf(params.parentSessionKey, params.parentSessionId));
        const name = forkName(params.childSessionKey); // Read by the child's first view.
        if (params.contextMode === "fork") files.append(name, { messages: [...noteOf(parent.summary), ...parent.messages] });
        return { rollback: () => files.remove(name) };
      },
      onSubagentEnded: async (params) => files.remove(forkName(params.childSessionKey)),
      dispose: async () => turn.clear(),
    };
  },
} satisfies define.EngineAdapter;
