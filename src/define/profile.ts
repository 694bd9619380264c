// The five host profiles: lifecycle × key policy × a few flags, each fact taken from recorded hosts.
// A profile is data; what it means is played in src/host.

export const PROFILE_IDS = [
  "openclaw-2026.9",
  "openclaw-2026.7",
  "openclaw-2026.5",
  "heartbeat-run",
  "heartbeat-run-durable",
] as const;
export type ProfileId = (typeof PROFILE_IDS)[number];

export interface Profile {
  id: ProfileId;
  title: string;
  /** durable: accepted turns arrive once, by commitTurn. classic: afterTurn, else ingestBatch, else ingest. */
  lifecycle: "durable" | "classic";
  /** The context-engine key of an isolated tick: the lane's stable key, or one of its own. */
  keyPolicy: "stable" | "per-run";
  /** Whether deliveries say that a turn was a heartbeat. */
  heartbeatFlag: boolean;
  /** Whether classic calls carry runtimeSettings. */
  runtimeSettings: boolean;
  /** Budget of a turn's first assemble: the whole window, or less reserve, system prompt and prompt. */
  firstBudget: "window" | "reduced";
  /** Whether live user texts get a timestamp prefix (2026.5 does). */
  stampsUserText: boolean;
  /** Classic: a chat client's live text has a head that neither disk nor later histories have (2026.5). */
  wrapsChatText: boolean;
  /** Classic: the host keeps notes of its own beside the messages: before a chat command in the file, before an announced result in a run (2026.7). */
  writesNotes: boolean;
  /** Classic: a tool result without its call is taken out of a view before it is sent (2026.7). */
  dropsLooseResults: boolean;
  /** Whether a compaction ahead of a turn through chat is forced. */
  forcesPreflight: boolean;
}

export const PROFILES: Record<ProfileId, Profile> = {
  "openclaw-2026.9": {
    id: "openclaw-2026.9",
    title: "OpenClaw 2026.9: durable lifecycle, stable heartbeat key",
    lifecycle: "durable",
    keyPolicy: "stable",
    heartbeatFlag: true,
    runtimeSettings: true,
    firstBudget: "reduced",
    stampsUserText: false,
    wrapsChatText: false,
    writesNotes: false,
    dropsLooseResults: false,
    forcesPreflight: true,
  },
  "openclaw-2026.7": {
    id: "openclaw-2026.7",
    title: "OpenClaw 2026.6.11 to 2026.7: classic lifecycle with isHeartbeat, stable heartbeat key",
    lifecycle: "classic",
    keyPolicy: "stable",
    heartbeatFlag: true,
    runtimeSettings: true,
    firstBudget: "reduced",
    stampsUserText: false,
    wrapsChatText: false,
    writesNotes: true,
    dropsLooseResults: true,
    forcesPreflight: true,
  },
  "openclaw-2026.5": {
    id: "openclaw-2026.5",
    title: "OpenClaw 2026.5: classic lifecycle, no call names a heartbeat, stable heartbeat key",
    lifecycle: "classic",
    keyPolicy: "stable",
    heartbeatFlag: false,
    runtimeSettings: false,
    firstBudget: "window",
    stampsUserText: true,
    wrapsChatText: true,
    writesNotes: false,
    dropsLooseResults: false,
    forcesPreflight: false,
  },
  "heartbeat-run": {
    id: "heartbeat-run",
    title: "Classic lifecycle as 2026.5, a context-engine key per isolated tick",
    lifecycle: "classic",
    keyPolicy: "per-run",
    heartbeatFlag: false,
    runtimeSettings: false,
    firstBudget: "window",
    stampsUserText: true,
    wrapsChatText: true,
    writesNotes: false,
    dropsLooseResults: false,
    forcesPreflight: false,
  },
  "heartbeat-run-durable": {
    id: "heartbeat-run-durable",
    title: "Durable lifecycle, a context-engine key per isolated tick",
    lifecycle: "durable",
    keyPolicy: "per-run",
    heartbeatFlag: true,
    runtimeSettings: true,
    firstBudget: "reduced",
    stampsUserText: false,
    wrapsChatText: false,
    writesNotes: false,
    dropsLooseResults: false,
    forcesPreflight: true,
  },
};
