// What one logical turn is made of before any engine hears of it: its texts, the script of its fake model, and where its entries go.

import type { ProviderSpec, SessionRef, SummariserMode, TextSpec, ToolSpec, TurnKind, TurnRef } from "../define/index.js";
import type { Host } from "./host.js";
import { hash64, uuidFor } from "./ids.js";
import type { Session } from "./sessions.js";
import { ACKNOWLEDGEMENT, plantText, SILENCE } from "./texts.js";
import type { Entry } from "./transcript.js";

export interface TurnPlan {
  /** Step id, or step id + "/announce" and the like. */
  id: string;
  stepId: string;
  kind: TurnKind;
  session: Session;
  heartbeat: boolean;
  /** What the transcript keeps as the user entry. */
  stored: string;
  /** What a classic host's live user message reads; differs from `stored` under chat clients. */
  live: string;
  prompt: string;
  promptDiffers: boolean;
  storedIdempotencyKey: string | undefined;
  /** announce turns: the user entry is never stored; under a durable host nothing is committed. */
  storesUser: boolean;
  commits: boolean;
  isMarker: boolean;
  reply: { kind: "text" | "ack" | "empty"; text: string };
  tools: ToolSpec[];
  provider: ProviderSpec;
  usageTokens: number;
  summariser: SummariserMode;
  abortAt: number;
  atMs: number;
  wake?: { requested: string | null; configured: string; storedBase: string | null; base: string; via: "tick" | "turn" };
  /** Runs between a spawn's tool call and its result. */
  onTool?: (round: number) => Promise<void>;
  /** A note of the host's own that stands before the live message while the run goes on, and is gone from its last delivery. */
  aside?: string;
  /** A plugin started the run itself: classic order with durable parameters. */
  pluginRun?: boolean;
}

export const DEFAULT_USAGE_TOKENS = 105;

/** Usage above this share of the window makes the host compact on its own. */
const NEAR_WINDOW = 0.95;
export const isNearWindow = (host: Host, usageTokens: number): boolean => usageTokens > host.window * NEAR_WINDOW;

/** Half of the user messages have their content as a plain string. */
export const asParts = (stepId: string): boolean => hash64(`parts/${stepId}`)[0] % 2 === 0;

export const advancementKey = (host: Host, id: string): string => uuidFor(host.theCase.seed, id, "advancement");
export const idempotencyKey = (host: Host, id: string): string => uuidFor(host.theCase.seed, id, "idempotency");

export function planReply(
  host: Host,
  kind: "text" | "ack" | "empty",
  tokens: number,
  id: string,
): { kind: typeof kind; text: string; canary?: string } {
  switch (kind) {
    case "ack":
      return { kind, text: staysSilent(host, id) ? SILENCE : ACKNOWLEDGEMENT };
    case "empty":
      return { kind, text: "" };
    case "text": {
      const { text, canary } = plantText({ form: "plain", tokens }, host.theCase.seed, host.world?.sameReply[id] ?? id, "reply");
      return { kind, text, ...(canary !== undefined ? { canary } : {}) };
    }
  }
}

/** Classic heartbeats are told to acknowledge, durable ones to say nothing; models that learnt the other word use it, too. */
function staysSilent(host: Host, id: string): boolean {
  if (host.world) return host.world.silent.includes(id);
  return host.durable && hash64(`silent/${id}`)[0] % 2 === 0;
}

/** What a turn's reply is to its transcript. */
export function replyRole({ reply, isMarker }: Pick<TurnPlan, "reply" | "isMarker">, unseen = false): Entry["role"] {
  if (unseen) return isMarker ? "ack" : "silent";
  if (reply.kind !== "ack") return "plain";
  return reply.text === SILENCE ? "silent" : isMarker ? "ack" : "plain";
}

export const plainSpec = (tokens: number): TextSpec => ({ form: "plain", tokens });

export const turnRef = (plan: TurnPlan, attempt: number): TurnRef => ({ id: plan.id, kind: plan.kind, attempt });

/** Records the beginning of a turn. */
export function recordStart(host: Host, plan: TurnPlan, session: SessionRef): void {
  host.recorder.add({
    kind: "host",
    what: "turn-start",
    session,
    turn: turnRef(plan, 1),
    userText: plan.promptDiffers && plan.live !== plan.stored ? plan.live : plan.stored,
    prompt: plan.prompt,
    promptDiffers: plan.promptDiffers,
    ...(plan.wake ? { wake: plan.wake } : {}),
  });
}

export function recordEnd(
  host: Host,
  plan: TurnPlan,
  attempt: number,
  status: "accepted" | "failed" | "degraded" | "refused",
  reason: string,
  compacts: number,
): void {
  host.recorder.add({
    kind: "host",
    what: "turn-end",
    session: host.ref(plan.session, plan.kind, "dispose"),
    turn: turnRef(plan, attempt),
    status,
    reason,
    compacts,
  });
}
