// The commit of one accepted turn, as the outbox keeps it: user entry to terminal entry, with positions in the transcript.

import type { SessionRef, TurnRef } from "../define/index.js";
import type { CommitRow } from "./commit-queue.js";
import type { Host } from "./host.js";
import type { Entry } from "./transcript.js";
import { advancementKey, type TurnPlan } from "./turn-plan.js";

/** Where the turn's user entry was admitted. */
export interface AdmittedAt {
  position: number;
  rawSeq: number;
  parentId: string | null;
  generation: number;
}

/** messages.length = terminal − admission position + 1; advancementKey = admission.logicalTurnId. */
export function commitRow(
  host: Host,
  plan: TurnPlan,
  turn: TurnRef,
  ref: SessionRef,
  entries: readonly Entry[],
  at: AdmittedAt,
): CommitRow {
  const key = advancementKey(host, plan.id);
  const last = entries[entries.length - 1];
  return {
    turn,
    stepId: plan.id,
    session: plan.session,
    ref,
    advancementKey: key,
    admission: {
      agentId: "main",
      sessionId: ref.sessionId,
      sessionKey: ref.key,
      storePath: `${host.dirs.state}/agents/main/sessions.json`,
      generation: at.generation,
      entryId: entries[0]?.id ?? "",
      rawSeq: at.rawSeq,
      effectiveParentId: at.parentId,
      activeMessagePosition: at.position,
      idempotencyKey: plan.storedIdempotencyKey ?? key,
      logicalTurnId: key,
      role: "user",
    },
    terminal: {
      entryId: last?.id ?? "",
      rawSeq: at.rawSeq + entries.length - 1,
      activeMessagePosition: at.position + entries.length - 1,
      role: last?.message.role ?? "user",
    },
    messages: entries.map((entry) => entry.message),
    heartbeat: plan.heartbeat,
    tries: 0,
  };
}
