// The fake summariser behind llm.complete: keeps the canaries of its input, or fails in one of the ways real ones do.

import type { CompletionRequest, CompletionResult, SessionRef, SummariserMode } from "../define/index.js";
import { soon } from "./clock.js";
import type { Recorder } from "./recorder.js";

const CANARY = /(?<![A-Z0-9])[A-Z][A-Z0-9]{11}(?![A-Z0-9])/g;

/** Beyond this no compaction is healthy, and a record of what an endless loop asks would fill the memory. */
const MOST_CALLS = 3_000;

/** One compaction's summariser; the host keeps a healthy one for everything else. */
export class Summariser {
  readonly controller = new AbortController();
  private calls = 0;
  /** The engine call whose summariser this is; undefined for the host's own. */
  call: number | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly mode: SummariserMode,
    /** The host aborts the compaction at this summariser call (from 1); 0: never. */
    private readonly abortAt: number,
    private readonly session: SessionRef | undefined,
    /** Awaited before an answer is given: others may have their turn first. */
    private readonly wait: () => Promise<void> = async () => {},
  ) {}

  readonly complete = async (request: CompletionRequest): Promise<CompletionResult> => {
    this.calls++;
    if (this.calls > MOST_CALLS) throw new Error(`summariser: more than ${MOST_CALLS} calls`);
    const input = requestText(request);
    const mode = this.modeNow();
    const { controller } = this;
    const hangs = mode === "hang" || mode === "late";
    const aborts = hangs || (this.abortAt > 0 && this.calls === this.abortAt);
    const about = { kind: "summariser" as const, request: input, mode, ...this.where() };
    if (aborts) soon(() => controller.abort());
    if (hangs) return this.stalled(request, input, controller, about);
    if (aborts) await new Promise<void>((resolve) => soon(resolve));
    if (mode === "error") {
      this.recorder.add({ ...about, ...(aborts ? { aborted: true } : {}) });
      if (!aborts) await this.wait();
      throw new Error("summariser: the model is overloaded (529)");
    }
    const text = answerFor(mode, input);
    this.recorder.add({ ...about, answer: text, ...(aborts ? { aborted: true } : {}) });
    if (!aborts) await this.wait();
    return completion(text);
  };

  /** How this very call is answered: one that falters answers once and is overloaded from then on. */
  private modeNow(): Exclude<SummariserMode, "falters"> {
    if (this.mode !== "falters") return this.mode;
    return this.calls === 1 ? "healthy" : "error";
  }

  private where(): { call?: number; session?: SessionRef } {
    return { ...(this.call !== undefined ? { call: this.call } : {}), ...(this.session ? { session: this.session } : {}) };
  }

  /** hang: rejects once aborted. late: answers after the abort all the same. Without any signal it never settles. */
  private stalled(
    request: CompletionRequest,
    input: string,
    controller: AbortController,
    about: { kind: "summariser"; request: string; mode: string; call?: number; session?: SessionRef },
  ): Promise<CompletionResult> {
    const late = this.mode === "late";
    const text = late ? answerFor("healthy", input) : undefined;
    this.recorder.add({ ...about, aborted: true, ...(text !== undefined ? { answer: text } : {}) });
    return new Promise((resolve, reject) => {
      const signal = late ? controller.signal : request.signal;
      const fire = () => soon(() => (text !== undefined ? resolve(completion(text)) : reject(abortError())));
      if (signal?.aborted) fire();
      else signal?.addEventListener("abort", fire, { once: true });
    });
  }
}

function abortError(): Error {
  const error = new Error("The operation was aborted");
  error.name = "AbortError";
  return error;
}

function requestText(request: CompletionRequest): string {
  const messages = Array.isArray(request?.messages) ? request.messages : [];
  const texts = messages.map((message) =>
    typeof message?.content === "string" ? message.content : (JSON.stringify(message?.content) ?? ""),
  );
  return [request?.systemPrompt ?? "", ...texts].filter((text) => text !== "").join("\n");
}

/** A healthy summary: every canary of the input once, nothing else but a short lead. */
export function healthySummary(input: string): string {
  const canaries = [...new Set(input.match(CANARY) ?? [])];
  return canaries.length > 0 ? `They spoke of ${canaries.join(" ")}` : "Nothing of note.";
}

function answerFor(mode: Exclude<SummariserMode, "falters">, input: string): string {
  switch (mode) {
    case "empty":
      return "";
    case "same":
      return input;
    case "longer":
      return `${input}\n${input}`;
    case "healthy":
    case "error":
    case "hang":
    case "late":
      return healthySummary(input);
  }
}

function completion(text: string): CompletionResult {
  const output = Math.ceil(text.length / 4);
  return {
    text,
    provider: "mock",
    model: "mock-1",
    agentId: "main",
    usage: { input: 100, output, totalTokens: 100 + output },
    audit: { purpose: "summary" },
  };
}
