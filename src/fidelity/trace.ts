// A recorded scenario as it stands in a file: who declared what, and what was done, answered and called, in true order.
// Only reading and shape checks; what the records mean for a case is decided in derive.ts.

import { z } from "zod";
import type { ProfileId } from "../define/index.js";

const message = z.looseObject({ role: z.string(), text: z.string(), length: z.number().optional() });
/** A message as recorded: its text is an alias, equal exactly where the texts were. */
export type TraceMessage = z.infer<typeof message>;

const hostRecord = z.looseObject({
  host: z.string(),
  key: z.string().optional(),
  /** Characters of what was sent. */
  length: z.number().optional(),
  /** The text sent, where it was a command. */
  command: z.string().optional(),
  status: z.string().optional(),
});
export type HostRecord = z.infer<typeof hostRecord>;

const providerRecord = z.looseObject({ provider: z.string(), roles: z.array(z.string()).default([]) });
export type ProviderRecord = z.infer<typeof providerRecord>;

const callRecord = z.looseObject({
  call: z.string(),
  /** Number of the instance, from 1 in each process. */
  engine: z.number(),
  session: z.string().optional(),
  lifecycle: z.string().nullable().optional(),
  key: z.string().optional(),
  parentSessionKey: z.string().optional(),
  childSessionKey: z.string().optional(),
  contextMode: z.string().optional(),
  reason: z.string().optional(),
  params: z.array(z.string()).default([]),
  messages: z.array(message).optional(),
  message: message.optional(),
  prompt: z.string().optional(),
  tokenBudget: z.number().optional(),
  prePromptMessageCount: z.number().optional(),
  currentTokenCount: z.number().nullable().optional(),
  compactionTarget: z.string().optional(),
  trigger: z.string().optional(),
  advancementKey: z.string().optional(),
  /** "ENOENT", or the number of lines; absent where the recorder did not know the file. */
  sessionFileEntries: z.union([z.string(), z.number()]).optional(),
  result: z.unknown().optional(),
  threw: z.unknown().optional(),
});
export type CallRecord = z.infer<typeof callRecord> & {
  /** The engine rewrote the transcript inside this maintain: recorded as a second, nameless maintain with the result. */
  rewrote?: "changed" | "unchanged";
};

export type TraceRecord =
  | { kind: "host"; record: HostRecord }
  | { kind: "provider"; record: ProviderRecord }
  | { kind: "call"; record: CallRecord };

const head = z.looseObject({
  id: z.string(),
  about: z.string().default(""),
  engine: z.record(z.string(), z.unknown()).default({}),
  heartbeat: z.looseObject({ isolatedSession: z.boolean().optional(), session: z.string().optional() }).default({}),
  contextWindow: z.number().int().default(128_000),
  records: z.array(z.looseObject({})),
});

export interface Trace {
  /** "<release>/<scenario>". */
  name: string;
  id: string;
  about: string;
  release: ProfileId;
  /** What the recording engine declared: durable, owns, accepted, absent methods as `<method>: false`. */
  engine: Record<string, unknown>;
  isolated: boolean;
  /** heartbeat.session, where it was configured. */
  heartbeatSession?: string;
  /** Tokens. */
  window: number;
  records: TraceRecord[];
}

/** Reads one trace. `path` serves for the name and, where it names one, the release. Throws an Error that says what is wrong and where. */
export function readTrace(data: unknown, path: string): Trace {
  const parsed = head.safeParse(data);
  if (!parsed.success) throw new Error(`${path} is not a trace: ${z.prettifyError(parsed.error)}`);
  const { id, about, engine, heartbeat, contextWindow } = parsed.data;
  const records = foldRewrites(parsed.data.records.map((record, i) => readRecord(record, `${path}, record ${i + 1}`)));
  const release = releaseOf(path, engine, records);
  return {
    name: `${release}/${id}`,
    id,
    about,
    release,
    engine,
    isolated: heartbeat.isolatedSession === true,
    ...(heartbeat.session === undefined ? {} : { heartbeatSession: heartbeat.session }),
    window: contextWindow,
    records,
  };
}

function readRecord(record: Record<string, unknown>, where: string): TraceRecord {
  if ("host" in record) return { kind: "host", record: checked(hostRecord, record, where) };
  if ("provider" in record) return { kind: "provider", record: checked(providerRecord, record, where) };
  if ("call" in record) return { kind: "call", record: checked(callRecord, record, where) };
  throw new Error(`${where}: expected a record with "host", "provider" or "call", got ${JSON.stringify(Object.keys(record))}`);
}

function checked<T>(schema: z.ZodType<T>, record: unknown, where: string): T {
  const parsed = schema.safeParse(record);
  if (!parsed.success) throw new Error(`${where}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A maintain that rewrote stands there twice: the call without a result, then a nameless one with it. One call was made. */
function foldRewrites(records: TraceRecord[]): TraceRecord[] {
  const folded: TraceRecord[] = [];
  for (const entry of records) {
    const before = folded.at(-1);
    if (entry.kind === "call" && before?.kind === "call" && isResultOf(entry.record, before.record)) {
      const changed = (entry.record.result as { changed?: unknown } | undefined)?.changed === true;
      before.record = { ...before.record, result: entry.record.result, rewrote: changed ? "changed" : "unchanged" };
      continue;
    }
    folded.push({ ...entry });
  }
  return folded;
}

function isResultOf(second: CallRecord, first: CallRecord): boolean {
  if (first.call !== "maintain" || second.call !== "maintain" || first.engine !== second.engine) return false;
  return first.result === undefined && first.threw === undefined && second.params.length === 0 && second.session === undefined;
}

const BY_NAME: [RegExp, ProfileId][] = [
  [/2026\.[89]\b/, "openclaw-2026.9"],
  [/2026\.[67]\b/, "openclaw-2026.7"],
  [/2026\.5\b/, "openclaw-2026.5"],
];

/** From the innermost folder that names one, else from what only one release does. */
function releaseOf(path: string, engine: Record<string, unknown>, records: TraceRecord[]): ProfileId {
  for (const segment of path.split(/[\\/]/).reverse()) {
    const named = BY_NAME.find(([pattern]) => pattern.test(segment));
    if (named !== undefined) return named[1];
  }
  const calls = records.flatMap((entry) => (entry.kind === "call" ? [entry.record] : []));
  const has = (name: string) => calls.some((call) => call.params.includes(name));
  if (engine.durable === true || has("sessionTarget") || has("advancementKey")) return "openclaw-2026.9";
  if (has("runtimeSettings")) return "openclaw-2026.7";
  return calls.some((call) => call.call === "assemble") ? "openclaw-2026.5" : "openclaw-2026.9";
}
