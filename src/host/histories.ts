// What an engine is shown of a transcript in `assemble.messages`: not a stable copy of what was delivered. Silent acknowledgements are
// dropped, neighbours of one role merged, tool call ids rewritten, failed entries replaced by a fixed sentence.
// Recorded: 2026.9 c1 f1 k3 n1 j1 s1 yc1 xe4 yj2; 2026.5 c1 c3 e1 f1 g1 j1 n1 yc4 zab.

import type { AssistantMessage, Message, ToolResultMessage, UserMessage } from "../define/index.js";
import { FAILED_ASSISTANT } from "../define/words.js";
import { userMessage } from "./messages.js";
import { SESSION_BEGINNING } from "./texts.js";
import type { Entry } from "./transcript.js";

/** Tool call ids in histories are rewritten to letters and digits. */
const historyId = (id: string) => id.replace(/[^A-Za-z0-9]/g, "");

// One history form per entry message: clauses cache what they read of a message by its identity.
const forms = new WeakMap<Message, Message>();

function historyForm(message: Message): Message {
  const known = forms.get(message);
  if (known) return known;
  let form: Message = message;
  if (message.role === "toolResult") form = { ...message, toolCallId: historyId(message.toolCallId) } satisfies ToolResultMessage;
  else if (message.role === "assistant" && message.content.some((part) => part.type === "toolCall"))
    form = {
      ...message,
      content: message.content.map((part) => (part.type === "toolCall" ? { ...part, id: historyId(part.id) } : part)),
    };
  forms.set(message, form);
  return form;
}

const failedForms = new WeakMap<Message, Message>();
function failedForm(message: Message): Message {
  const known = failedForms.get(message);
  if (known) return known;
  const form: Message =
    message.role === "assistant" ? { ...message, content: [{ type: "text", text: FAILED_ASSISTANT }] } : message;
  failedForms.set(message, form);
  return form;
}

export function plainText(message: Message): string {
  if (message.role === "compactionSummary") return message.summary;
  const content: unknown = message.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { type?: string; text?: string }) => (part.type === "text" ? (part.text ?? "") : "")).join("");
}

const merged = new WeakMap<Message, WeakMap<Message, Message>>();
function remembered(a: Message, b: Message, make: () => Message): Message {
  const inner = merged.get(a) ?? new WeakMap<Message, Message>();
  merged.set(a, inner);
  const made = inner.get(b) ?? make();
  inner.set(b, made);
  return made;
}

/** Two user entries in a row become one, part by part, with the latter's idempotency key. */
function mergeUsers(a: UserMessage, b: UserMessage): Message {
  return remembered(a, b, () => ({ ...b, content: [...partsOf(a), ...partsOf(b)] }));
}

const partsOf = ({ content }: UserMessage) =>
  typeof content === "string" ? [{ type: "text" as const, text: content }] : content;

/** Two assistants in a row become one, part by part. */
function mergeAssistants(a: AssistantMessage, b: AssistantMessage): Message {
  return remembered(a, b, () => ({ ...b, content: [...a.content, ...b.content] }));
}

/** A message of the history and what it is to a heartbeat; merged ones are plain, but for an acknowledgement after a failed try. */
interface Shown {
  message: Message;
  role: Entry["role"];
}

function mergeNeighbours(shown: Shown[]): Shown[] {
  const out: Shown[] = [];
  for (const one of shown) {
    const before = out[out.length - 1]?.message;
    const { message } = one;
    if (before?.role === "user" && message.role === "user")
      out[out.length - 1] = { message: mergeUsers(before, message), role: "plain" };
    else if (before?.role === "assistant" && message.role === "assistant" && !callsTools(before))
      out[out.length - 1] = { message: mergeAssistants(before, message), role: one.role === "ack" ? "ack" : "plain" };
    else out.push(one);
  }
  return out;
}

const callsTools = (message: AssistantMessage) => message.content.some((part) => part.type === "toolCall");

/** A heartbeat that came to nothing is not shown: its marker, tool rounds and acknowledgement, up to the next user message. */
function withoutSilentHeartbeats(shown: Shown[]): Message[] {
  const out: Message[] = [];
  for (let i = 0; i < shown.length; ) {
    const one = shown[i] as Shown;
    const end = one.role === "marker" ? endOfSilence(shown, i) : undefined;
    if (end === undefined) out.push(one.message);
    i = end ?? i + 1;
  }
  return out;
}

/** Where the heartbeat that begins at `start` ends; undefined where it said something. */
function endOfSilence(shown: Shown[], start: number): number | undefined {
  let acknowledged = false;
  let spoke = false;
  let i = start + 1;
  for (; i < shown.length; i++) {
    const { message, role } = shown[i] as Shown;
    if (message.role === "user") break;
    if (role === "ack") acknowledged = true;
    else if (message.role === "assistant") spoke ||= !acknowledged && !callsTools(message);
    else if (message.role !== "toolResult" && !acknowledged) return undefined;
  }
  return spoke && !acknowledged ? undefined : i;
}

/** Entries after the newest compaction's cut, the summary first. */
function afterCompaction(path: Entry[]): Entry[] {
  let at = -1;
  for (let i = 0; i < path.length; i++) if (path[i]?.role === "compaction") at = i;
  const compaction = path[at];
  if (!compaction) return path;
  const before = path.slice(0, at).filter((entry) => entry.role !== "compaction");
  const kept = compaction.firstKeptId === null ? before.length : before.findIndex((entry) => entry.id === compaction.firstKeptId);
  return [compaction, ...(kept < 0 ? [] : before.slice(kept)), ...path.slice(at + 1)];
}

/** Durable: the path without what failed or stayed silent, neighbours merged, then the heartbeats that came to nothing taken out. */
export function durableHistory(path: Entry[]): Message[] {
  const entries = afterCompaction(path).filter((entry) => entry.role !== "silent" && entry.role !== "failed");
  return opened(withoutSilentHeartbeats(mergeNeighbours(entries.flatMap(answeredAs))));
}

/** A tool call that was still running when its session was forked gets a made-up result. Recorded only in forks. */
function answeredAs(entry: Entry): Shown[] {
  const shown = shownAs(entry);
  return entry.unanswered ? [shown, ...madeUpResults(shown.message)] : [shown];
}

const madeUp = new WeakMap<Message, Shown[]>();
function madeUpResults(message: Message): Shown[] {
  const known = madeUp.get(message);
  if (known || message.role !== "assistant") return known ?? [];
  const calls = message.content.filter((part) => part.type === "toolCall");
  const made = calls.map(({ id, name }): Shown => {
    const text = "[no result of this tool call is in the session]";
    const content: ToolResultMessage["content"] = [{ type: "text", text }];
    const { timestamp } = message;
    return { message: { role: "toolResult", toolCallId: id, toolName: name, content, isError: true, timestamp }, role: "plain" };
  });
  madeUp.set(message, made);
  return made;
}

const shownAs = ({ message, role }: Entry): Shown => ({ message: historyForm(message), role });

/** Models want a user first: an answer that opens a history gets one before it. */
function opened(messages: Message[]): Message[] {
  const [first] = messages;
  if (first?.role !== "assistant") return messages;
  const opening = openings.get(first) ?? userMessage(SESSION_BEGINNING, first.timestamp, { parts: false });
  openings.set(first, opening);
  return [opening, ...messages];
}

const openings = new WeakMap<Message, Message>();

/** Classic: the whole path as the file has it, heartbeats that came to nothing taken out, failed entries as the fixed sentence unless last. */
export function classicHistory(path: Entry[]): Message[] {
  const entries = afterCompaction(path).filter((entry) => entry.role !== "silent" && !entry.unanswered);
  const shown = entries.slice(0, entries.findLastIndex((entry) => entry.role !== "failed") + 1).map(filledAs);
  return opened(withoutSilentHeartbeats(mergeNeighbours(shown)));
}

const filledAs = (entry: Entry): Shown =>
  entry.role === "failed" ? { message: failedForm(entry.message), role: entry.role } : shownAs(entry);

/** Classic, inside an attempt that compacted on its own: what the file holds of the conversation, nothing merged or taken out. */
export function rawHistory(path: Entry[]): Message[] {
  return afterCompaction(path)
    .filter((entry) => entry.role !== "compaction")
    .map((entry) => (entry.role === "failed" ? failedForm(entry.message) : entry.message));
}
