// A hand-driven host for the engines' own tests: makes the calls of a short conversation in the recorded order and returns what came back.
// It is no judge and no simulation: faults, overflows and odd histories are spelt out by the tests themselves.

import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type {
  AnyMessage,
  AssembleResult,
  AssistantMessage,
  CommitTurnParams,
  CompletionRequest,
  CompletionResult,
  ContextEngine,
  EngineAdapter,
  Message,
  RuntimeContext,
  ToolResultMessage,
  UserMessage,
} from "../src/define/index.js";

let now = 1_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, removed when the test file is done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ctxspec-engine-"));
  folders.push(folder);
  return folder;
}

export const user = (text: string): UserMessage => ({ role: "user", content: [{ type: "text", text }], timestamp: now++ });

export function assistant(
  content: AssistantMessage["content"],
  stopReason: AssistantMessage["stopReason"] = "stop",
): AssistantMessage {
  const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 2 };
  return { role: "assistant", content, api: "mock", provider: "mock", model: "mock-1", usage, stopReason, timestamp: now++ };
}

export const reply = (text: string) => assistant([{ type: "text", text }]);
export const failure = () => assistant([], "error");

export function toolRound(id: string, output: string): [AssistantMessage, ToolResultMessage] {
  const content: ToolResultMessage["content"] = [{ type: "text", text: output }];
  return [
    assistant([{ type: "toolCall", id, name: "read", arguments: { path: id } }], "toolUse"),
    { role: "toolResult", toolCallId: id, toolName: "read", content, isError: false, timestamp: now++ },
  ];
}

/** What a message says, its role first: "user: hello". */
export function said(message: AnyMessage): string {
  const parts = Array.isArray(message.content) ? message.content : [{ type: "text", text: message.content }];
  const words = parts.map((part) => (part.type === "toolCall" ? `calls ${part.id}` : part.text));
  return `${message.role}: ${words.join(" ")}`;
}

export const lines = (view: AssembleResult) => view.messages.map(said);

export interface Identity {
  sessionKey: string;
  sessionId: string;
}

/** A commit of one turn; `key` is its advancement key. */
export function commitOf(identity: Identity, key: string, messages: Message[], isHeartbeat = false): CommitTurnParams {
  const place = { agentId: "main", storePath: "", ...identity };
  return {
    ...identity,
    advancementKey: key,
    admission: {
      ...place,
      generation: 1,
      entryId: `${key}-user`,
      rawSeq: 0,
      effectiveParentId: null,
      activeMessagePosition: 0,
      idempotencyKey: key,
      logicalTurnId: key,
      role: "user",
    },
    terminal: { entryId: `${key}-end`, rawSeq: 0, activeMessagePosition: messages.length - 1, role: "assistant" },
    messages,
    isHeartbeat,
  };
}

/** A model for summaries: `answer` makes its reply, `requests` holds what it was asked. */
export function summariser(answer: (text: string) => string | Promise<string>): { requests: string[]; context: RuntimeContext } {
  const requests: string[] = [];
  const complete = async (request: CompletionRequest): Promise<CompletionResult> => {
    const text = request.messages.map((message) => message.content).join("\n");
    requests.push(text);
    return { text: await answer(text), provider: "mock", model: "mock-1", agentId: "main", usage: {}, audit: {} };
  };
  return { requests, context: { llm: { complete } } };
}

/** A durable host's session: an instance per turn, its own history beside the engine's. */
export class DurableSession {
  history: Message[] = [];
  /** sessionTarget.expectedLifecycleRevision of later bootstraps. */
  revision: string | undefined;
  private turns = 0;

  constructor(
    private readonly adapter: EngineAdapter,
    private readonly agentDir: string,
    readonly identity: Identity,
  ) {}

  instance(): Promise<ContextEngine> {
    return Promise.resolve(this.adapter.factory({ agentDir: this.agentDir, config: {} }));
  }

  /** The view before the turn: bootstrap, assemble #1 and, for an engine that owns compaction, #2. */
  async view(tokenBudget = 100_000, engine?: ContextEngine): Promise<AssembleResult> {
    const it = engine ?? (await this.instance());
    const target = { agentId: "main", storePath: "", expectedLifecycleRevision: this.revision, ...this.identity };
    await it.bootstrap?.({ ...this.identity, sessionFile: this.identity.sessionKey, sessionTarget: target });
    const first = await it.assemble({ ...this.identity, messages: [...this.history], prompt: "now", tokenBudget });
    if (it.info.ownsCompaction !== true) return first;
    return it.assemble({ ...this.identity, messages: first.messages as unknown as Message[], prompt: "now", tokenBudget });
  }

  /** A whole accepted turn. Returns the view it began with. */
  async turn(text: string, answer: string, options: { between?: Message[]; heartbeat?: boolean } = {}): Promise<AssembleResult> {
    const engine = await this.instance();
    const view = await this.view(100_000, engine);
    const messages = [user(text), ...(options.between ?? []), reply(answer)];
    this.history.push(...messages);
    const key = `${this.identity.sessionId}/turn-${++this.turns}`;
    await engine.commitTurn?.(commitOf(this.identity, key, messages, options.heartbeat));
    await engine.dispose?.();
    return view;
  }

  async compact(runtimeContext?: RuntimeContext, abortSignal?: AbortSignal) {
    const engine = await this.instance();
    const extra = { ...(runtimeContext ? { runtimeContext } : {}), ...(abortSignal ? { abortSignal } : {}) };
    return engine.compact({ ...this.identity, force: true, tokenBudget: 100_000, ...extra });
  }
}

/** A classic host's session with its transcript file: what an engine assembled replaces the run's history. */
export class ClassicSession {
  readonly file: string;
  private parent: string | null = null;
  private entries = 0;

  constructor(
    private readonly adapter: EngineAdapter,
    private readonly agentDir: string,
    readonly identity: Identity,
  ) {
    this.file = join(agentDir, `${identity.sessionId}.jsonl`);
  }

  history: Message[] = [];

  instance(): Promise<ContextEngine> {
    return Promise.resolve(this.adapter.factory({ agentDir: this.agentDir, config: {} }));
  }

  /** Adds messages to the transcript, as turns do. */
  write(...messages: Message[]): void {
    if (!existsSync(this.file))
      appendFileSync(this.file, `${JSON.stringify({ type: "session", version: 3, id: this.identity.sessionId })}\n`);
    for (const message of messages) {
      const id = (++this.entries).toString(16).padStart(8, "0");
      appendFileSync(this.file, `${JSON.stringify({ type: "message", id, parentId: this.parent, message })}\n`);
      this.parent = id;
    }
  }

  /** bootstrap and assemble #1, as an attempt begins. */
  async begin(engine: ContextEngine, prompt: string, tokenBudget = 100_000): Promise<Message[]> {
    const named = { ...this.identity, sessionFile: this.file };
    if (existsSync(this.file)) await engine.bootstrap?.(named);
    const view = await engine.assemble({ ...this.identity, messages: [...this.history], prompt, tokenBudget });
    return view.messages as unknown as Message[];
  }

  /** Delivers `messages` from `from` on, by whichever method the engine has. */
  async deliver(engine: ContextEngine, messages: Message[], from: number): Promise<void> {
    const named = { ...this.identity, sessionFile: this.file };
    if (engine.afterTurn) await engine.afterTurn({ ...named, messages, prePromptMessageCount: from });
    else if (engine.ingestBatch) await engine.ingestBatch({ ...named, messages: messages.slice(from) });
    else for (const message of messages.slice(from)) await engine.ingest({ ...named, message });
  }

  /** A whole turn that ends with `end`: a reply, or a failure. Returns the views shown: the first, and the one before the model call. */
  async attempt(
    engine: ContextEngine,
    text: string,
    end: AssistantMessage,
  ): Promise<{ first: AssembleResult; again: AssembleResult }> {
    const view = await this.begin(engine, text);
    const first = { messages: view.map((message) => ({ ...message })), estimatedTokens: 0 };
    const prompt = user(text);
    let messages = [...view, prompt];
    let from = view.length;
    let again: AssembleResult = first;
    if (engine.info.ownsCompaction === true) {
      await this.deliver(engine, messages, from);
      from = messages.length;
      again = await engine.assemble({ ...this.identity, messages: [...messages], tokenBudget: 100_000 });
    }
    messages = [...messages, end];
    await this.deliver(engine, messages, from);
    this.write(prompt, end);
    this.history.push(prompt, ...(end.content.length > 0 ? [end] : []));
    return { first, again };
  }

  async turn(text: string, answer: string) {
    const engine = await this.instance();
    const views = await this.attempt(engine, text, reply(answer));
    await engine.dispose?.();
    return views;
  }
}
