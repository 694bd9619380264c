// The messages of one attempt of a classic run: the engine's view, then what is new; and the user entry an attempt begins with.

import type { CustomMessage, Message, UserMessage } from "../define/index.js";
import { FAILED_ASSISTANT } from "../define/words.js";
import { sizeOf, sizeOfText } from "../judge/size.js";
import { plainText } from "./histories.js";
import type { Host } from "./host.js";
import { userMessage } from "./messages.js";
import type { Session } from "./sessions.js";
import { orphanWrap, UNSEEN_REQUEST } from "./texts.js";
import type { Entry } from "./transcript.js";
import { asParts, type TurnPlan } from "./turn-plan.js";

/** `checkpoint`: up to where the engine has heard. */
export class Run {
  messages: Message[];
  checkpoint: number;
  private readonly sent: number;

  constructor(
    view: Message[],
    live: UserMessage | undefined,
    private readonly aside?: CustomMessage,
  ) {
    this.checkpoint = view.length;
    const sent = withoutTrailingFailure(view);
    this.sent = sent.length;
    this.messages = [...sent, ...(aside ? [aside] : []), ...(live ? [live] : [])];
  }

  /** The host's own note is not delivered at the end. */
  dropAside(): void {
    this.messages = this.messages.filter((message) => message !== this.aside);
  }

  nothingNew(): boolean {
    return this.messages.length <= this.checkpoint;
  }

  /** After a compaction inside the attempt: another history before what is new in it, the old checkpoint. */
  restart(history: Message[]): void {
    this.replace([...history, ...this.messages.slice(this.sent)]);
  }

  replace(messages: Message[]): void {
    this.messages = messages;
  }
}

/**
 * A failed answer at the end of a view is not sent to the model. What the engine has heard is counted with it all the same, so that the
 * next message is in no delta. Recorded: 2026.5 yc4.
 */
function withoutTrailingFailure(view: Message[]): Message[] {
  const kept = view.findLastIndex((message) => !isFailure(message)) + 1;
  return kept === view.length ? view : view.slice(0, kept);
}

function isFailure(message: Message): boolean {
  if (message?.role !== "assistant" || message.stopReason !== "error" || !Array.isArray(message.content)) return false;
  return message.content.length === 0 || plainText(message) === FAILED_ASSISTANT;
}

/** An entry of a user that got no reply, nor is getting one now, and is physically last in the file. */
export function orphanOf(session: Session, path: Entry[], activeTurns: ReadonlySet<string>): Entry | undefined {
  const last = path[path.length - 1];
  const orphaned = last?.message.role === "user" && last.role === "plain" && last.id === session.transcript.last()?.id;
  return orphaned && !activeTurns.has(last.turn) ? last : undefined;
}

/** The orphan is shown in assemble #1 but taken out before the model is called. */
export function withoutOrphan(view: Message[], orphan: Entry | undefined): Message[] {
  const last = view[view.length - 1];
  return orphan && last && plainText(last) === plainText(orphan.message) ? view.slice(0, -1) : view;
}

/** Without the results of calls that the view does not show before them. */
export function withoutLooseResults(view: Message[]): Message[] {
  const called = new Set<unknown>();
  return view.filter((message) => {
    if (message?.role === "assistant" && Array.isArray(message.content))
      for (const part of message.content) if (part?.type === "toolCall") called.add(part.id);
    return message?.role !== "toolResult" || called.has(message.toolCallId);
  });
}

export const exceedsWindow = (host: Host, plan: TurnPlan, view: Message[]): boolean =>
  sizeOf(view) + sizeOfText(plan.prompt) > host.window - host.theCase.settings.reserve;

/** A note of the host's own about the turn. */
export function asideOf(plan: TurnPlan): CustomMessage | undefined {
  if (plan.aside === undefined) return undefined;
  return { role: "custom", customType: "runtime-context", content: plan.aside, display: false, timestamp: plan.atMs };
}

/** The next attempt is about the host's own request, which is stored like any user's; a heartbeat is asked what it was asked before. */
export function asksForWords(plan: TurnPlan): "unseen" {
  if (!plan.heartbeat) Object.assign(plan, { prompt: UNSEEN_REQUEST, live: UNSEEN_REQUEST, stored: UNSEEN_REQUEST });
  return "unseen";
}

/** The live user message; an orphan is merged into it. */
export function liveMessage(plan: TurnPlan, text: string, orphan: Entry | undefined, attempt: number): UserMessage {
  const full = orphan ? orphanWrap(plainText(orphan.message), text) : text;
  return userMessage(full, plan.atMs + attempt - 1, { parts: asParts(plan.stepId) });
}

/** The user entry enters the transcript, as stored: a chat client's live text differs. */
export function admitUser(host: Host, plan: TurnPlan, live: UserMessage, orphan: Entry | undefined, id: string): void {
  const sameText = plan.stored === plan.live || orphan !== undefined;
  const key = plan.storedIdempotencyKey;
  const stored = sameText
    ? live
    : userMessage(plan.stored, plan.atMs + 1, { parts: true, ...(key !== undefined ? { idempotencyKey: key } : {}) });
  const entry = plan.session.transcript.append({
    id,
    message: stored,
    turn: plan.id,
    role: plan.isMarker ? "marker" : "plain",
    ...(orphan ? { parentId: orphan.parentId } : {}),
  });
  host.fence.set(plan.session, entry);
  plan.session.file?.sync();
}
