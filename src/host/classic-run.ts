// The messages of one attempt of a classic run: the engine's view, then what is new; and the user entry an attempt begins with.

import type { Message, UserMessage } from "../define/index.js";
import { plainText } from "./histories.js";
import type { Host } from "./host.js";
import { userMessage } from "./messages.js";
import type { Session } from "./sessions.js";
import { orphanWrap } from "./texts.js";
import type { Entry } from "./transcript.js";
import { asParts, type TurnPlan } from "./turn-plan.js";

/** `checkpoint`: up to where the engine has heard. */
export class Run {
  messages: Message[];
  checkpoint: number;

  constructor(
    view: Message[],
    private readonly live: UserMessage | undefined,
  ) {
    this.checkpoint = view.length;
    this.messages = live ? [...view, live] : [...view];
  }

  nothingNew(): boolean {
    return this.messages.length === this.checkpoint;
  }

  /** After a compaction inside the attempt: another history, the old checkpoint. */
  restart(history: Message[]): void {
    this.messages = this.live ? [...history, this.live] : history;
  }
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
