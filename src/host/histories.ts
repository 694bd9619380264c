// What an engine is shown of a transcript in `assemble.messages`: not a stable copy of what was delivered. Silent acknowledgements are
// dropped, orphan users and neighbouring assistants merged, tool call ids rewritten, failed entries replaced by a fixed sentence.
// Recorded: 2026.9 c1 f1 k3 n1 j1 s1; 2026.5 c1 c3 e1 f1 g1 j1 n1.

import type { AssistantMessage, Message, ToolResultMessage, UserMessage } from "../define/index.js";
import { FAILED_ASSISTANT } from "../define/words.js";
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

/** Two user entries in a row become one, with the latter's idempotency key. */
function mergeUsers(a: UserMessage, b: UserMessage): Message {
  return remembered(a, b, () => ({ ...b, content: [{ type: "text", text: `${plainText(a)}\n${plainText(b)}` }] }));
}

/** Two assistants in a row become one. */
function mergeAssistants(a: AssistantMessage, b: AssistantMessage): Message {
  const textOnly = a.content.every((p) => p.type === "text") && b.content.every((p) => p.type === "text");
  return remembered(a, b, () =>
    textOnly
      ? { ...b, content: [{ type: "text", text: `${plainText(a)}\n${plainText(b)}` }] }
      : { ...b, content: [...a.content, ...b.content] },
  );
}

function mergeNeighbours(messages: Message[], users: boolean): Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const before = out[out.length - 1];
    if (users && before?.role === "user" && message.role === "user") out[out.length - 1] = mergeUsers(before, message);
    else if (before?.role === "assistant" && message.role === "assistant" && !callsTools(before))
      out[out.length - 1] = mergeAssistants(before, message);
    else out.push(message);
  }
  return out;
}

const callsTools = (message: AssistantMessage) => message.content.some((part) => part.type === "toolCall");

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

/**
 * Durable: `upTo` is the number of path entries before the current turn's user entry; with a retry in the middle of a tool loop the
 * path ends with the current turn's entries, which are shown.
 */
export function durableHistory(path: Entry[], trailingUserIsShown: boolean): Message[] {
  const entries = afterCompaction(path).filter((entry) => entry.role !== "ack" && entry.role !== "failed");
  // The orphan marker of a silent acknowledgement is not shown while it is last.
  while (!trailingUserIsShown && entries[entries.length - 1]?.role === "marker") entries.pop();
  while (entries[entries.length - 1]?.role === "marker" && lostItsAck(path, entries[entries.length - 1])) entries.pop();
  return mergeNeighbours(
    entries.map((entry) => historyForm(entry.message)),
    true,
  );
}

function lostItsAck(path: Entry[], marker: Entry | undefined): boolean {
  const at = path.findIndex((entry) => entry.id === marker?.id);
  return path[at + 1]?.role === "ack";
}

/** Classic: the whole path as the file has it, silent acknowledgements taken out, failed entries as the fixed sentence unless last. */
export function classicHistory(path: Entry[]): Message[] {
  const shown: Entry[] = [];
  const entries = afterCompaction(path);
  const lastId = path[path.length - 1]?.id;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry;
    if (entry.role === "marker" && entries[i + 1]?.role === "ack") {
      i++;
      continue;
    }
    if (entry.role === "failed" && entry.id === lastId) continue;
    shown.push(entry);
  }
  // The trailing marker of a failed heartbeat attempt is filtered, an ordinary user message is not.
  while (shown[shown.length - 1]?.role === "marker") shown.pop();
  return mergeNeighbours(
    shown.map((entry) => (entry.role === "failed" ? failedForm(entry.message) : historyForm(entry.message))),
    false,
  );
}
