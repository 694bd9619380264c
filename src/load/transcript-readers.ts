// The transcript readers of `openclaw/plugin-sdk/session-transcript-runtime`, answered by the host that plays the case.
// The host never hands out entries past the fence before the current turn's user entry, so neither do these.

import type { Message } from "../define/message.js";
import { bridgeFor } from "./bridge.js";

export interface TranscriptScope {
  agentId?: string;
  sessionId?: string;
  sessionKey?: string;
}

interface VisibleEntry {
  entryId: string;
  parentId: string | null;
  /** Position in the transcript, from 0. */
  seq: number;
  message: Message;
  role: string;
  createdAt: string;
  idempotencyKey?: string;
}

async function visibleEntries(reader: string, scope: TranscriptScope): Promise<VisibleEntry[]> {
  const target: { sessionKey?: string; sessionId?: string } = {};
  if (scope.sessionKey !== undefined) target.sessionKey = scope.sessionKey;
  if (scope.sessionId !== undefined) target.sessionId = scope.sessionId;
  const entries = await bridgeFor(reader).readTranscript(target);
  return entries.map(({ id, message }, seq) => ({
    entryId: id,
    parentId: entries[seq - 1]?.id ?? null,
    seq,
    message,
    role: message.role,
    createdAt: new Date(message.timestamp).toISOString(),
    ...("idempotencyKey" in message && message.idempotencyKey !== undefined ? { idempotencyKey: message.idempotencyKey } : {}),
  }));
}

interface Cursor {
  sessionId: string;
  sessionKey: string;
  /** Entries already read, and the last of them. */
  read: number;
  last: string | null;
}

function encode(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

function decode(text: string): Cursor | undefined {
  try {
    const cursor = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Partial<Cursor> | null;
    return typeof cursor?.read === "number" && typeof cursor.sessionId === "string" ? (cursor as Cursor) : undefined;
  } catch {
    return undefined;
  }
}

type DeltaRequest = TranscriptScope & { cursor?: string; maxMessages?: number; maxEvents?: number; maxBytes?: number };

/** A bounded page after `cursor`; "reset" with a fresh cursor when that one no longer fits the transcript. */
async function delta<T>(reader: string, request: DeltaRequest, project: (entry: VisibleEntry) => T) {
  const entries = await visibleEntries(reader, request);
  const start: Cursor = { sessionId: request.sessionId ?? "", sessionKey: request.sessionKey ?? "", read: 0, last: null };
  const cursor = request.cursor === undefined ? start : decode(request.cursor);
  const reset = (reason: string) => ({ kind: "reset" as const, cursor: encode(start), reason });
  if (cursor === undefined) return reset("invalid_cursor");
  if (cursor.sessionId !== start.sessionId || cursor.sessionKey !== start.sessionKey) return reset("scope_mismatch");
  if (cursor.read > 0 && entries[cursor.read - 1]?.entryId !== cursor.last) return reset("anchor_missing");
  const rest = entries.slice(cursor.read);
  const page: VisibleEntry[] = [];
  let serializedBytes = 0;
  for (const entry of rest.slice(0, request.maxMessages ?? request.maxEvents ?? 1_000)) {
    const bytes = Buffer.byteLength(JSON.stringify(entry.message));
    if (serializedBytes + bytes > (request.maxBytes ?? 1_000_000)) break;
    serializedBytes += bytes;
    page.push(entry);
  }
  const blocked = rest[0] !== undefined && page.length === 0;
  return {
    kind: "page" as const,
    items: page.map(project),
    cursor: encode({ ...cursor, read: cursor.read + page.length, last: page.at(-1)?.entryId ?? cursor.last }),
    hasMore: page.length < rest.length,
    serializedBytes,
    ...(blocked ? { requiredBytes: Buffer.byteLength(JSON.stringify(rest[0]?.message)) } : {}),
  };
}

function asEvent(entry: VisibleEntry) {
  return { type: "message", id: entry.entryId, parentId: entry.parentId, timestamp: entry.createdAt, message: entry.message };
}

async function visibleDelta(request: DeltaRequest) {
  const found = await delta("readSessionTranscriptVisibleMessageDelta", request, (entry) => entry);
  if (found.kind !== "page") return found;
  const { items, ...page } = found;
  return { ...page, entries: items };
}

async function rawDelta(request: DeltaRequest) {
  const found = await delta("readSessionTranscriptRawDelta", request, asEvent);
  if (found.kind !== "page") return found;
  const { items, ...page } = found;
  return { ...page, events: items };
}

async function latestAssistantText(scope: TranscriptScope) {
  const entries = await visibleEntries("readLatestAssistantTextByIdentity", scope);
  const found = entries.findLast((entry) => entry.role === "assistant");
  if (found?.message.role !== "assistant") return undefined;
  const text = found.message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  return { id: found.entryId, text, timestamp: found.message.timestamp };
}

function identity(scope: TranscriptScope) {
  return { agentId: scope.agentId ?? "main", sessionId: scope.sessionId, sessionKey: scope.sessionKey };
}

/** The readers by their SDK names. Each throws an ordinary Error when no case is being played. */
export const transcriptReaders: Record<string, unknown> = {
  readVisibleSessionTranscriptMessageEntries: async (scope: TranscriptScope) =>
    visibleEntries("readVisibleSessionTranscriptMessageEntries", scope),
  readSessionTranscriptVisibleMessageDelta: visibleDelta,
  readSessionTranscriptRawDelta: rawDelta,
  readSessionTranscriptEvents: async (scope: TranscriptScope) =>
    (await visibleEntries("readSessionTranscriptEvents", scope)).map(asEvent),
  readLatestAssistantTextByIdentity: latestAssistantText,
  resolveSessionTranscriptIdentity: async (scope: TranscriptScope) => identity(scope),
  resolveSessionTranscriptTarget: async (scope: TranscriptScope) => ({ ...identity(scope), targetKind: "runtime-session" }),
};
