// The outbox of a durable host: accepted turns that the engine has not yet acknowledged. It survives restarts. A row that fails stops the
// drain of its session; rows of other sessions go on. Recorded: host-protocol "Durable lifecycle", "Drains".

import type { Admission, Message, SessionRef, TurnRef } from "../define/index.js";
import type { Host } from "./host.js";
import type { Instance, Outcome } from "./port.js";
import type { Session } from "./sessions.js";

/** At most this many rows are delivered at one accept. */
const MAX_ROWS = 16;

export interface CommitRow {
  turn: TurnRef;
  stepId: string;
  session: Session;
  /** As the session stood when the turn was accepted: a late commit carries its own ids. */
  ref: SessionRef;
  advancementKey: string;
  admission: Admission;
  terminal: { entryId: string; rawSeq: number; activeMessagePosition: number; role: string };
  messages: Message[];
  heartbeat: boolean;
  tries: number;
  /** Being delivered by an overlapping turn right now. */
  inFlight?: boolean;
}

export interface DeliveryFault {
  fault: "not-sent" | "answer-lost";
  left: number;
}

export class CommitQueue {
  private rows: CommitRow[] = [];
  /** Injected faults by the step whose commit they hit. */
  readonly faults = new Map<string, DeliveryFault>();

  enqueue(row: CommitRow): void {
    this.rows.push(row);
  }

  pendingOf(session: Session): CommitRow[] {
    return this.rows.filter((row) => row.ref.sessionId === session.sessionId);
  }

  /** Before a turn of `session`: its older rows. False when one fails again. */
  async drainBefore(host: Host, instance: Instance, session: Session): Promise<boolean> {
    for (const row of this.pendingOf(session))
      if (!row.inFlight && !(await this.deliver(host, instance, row, "commit-late"))) return false;
    return true;
  }

  /** At an accept: every ready row, any session, oldest first; then maintain once per session that had one delivered. */
  async drainAtAccept(host: Host, instance: Instance, own: CommitRow): Promise<void> {
    const stopped = new Set<string>();
    const delivered = new Map<string, CommitRow>();
    for (const row of this.rows.slice(0, MAX_ROWS)) {
      if (stopped.has(row.ref.sessionId) || row.inFlight) continue;
      if (await this.deliver(host, instance, row, row === own ? "commit" : "commit-late")) delivered.set(row.ref.sessionId, row);
      else stopped.add(row.ref.sessionId);
    }
    for (const [sessionId, row] of delivered) {
      if (stopped.has(sessionId) || !host.port.has(instance, "maintain")) continue;
      const signal = host.maintainsInBackground ? { signal: new AbortController().signal } : {};
      const params = host.maintainParams(row.session, row.ref, { lifecycle: false, ...signal });
      await host.port.call(instance, "maintain", params, { session: row.ref, turn: row.turn, phase: "commit-maintain" });
    }
  }

  private async deliver(host: Host, instance: Instance, row: CommitRow, phase: "commit" | "commit-late"): Promise<boolean> {
    const fault = this.faults.get(row.stepId);
    row.tries++;
    const detail = { advancementKey: row.advancementKey, tries: row.tries };
    if (fault && fault.left > 0 && fault.fault === "not-sent") {
      fault.left--;
      host.recorder.add({ kind: "host", what: "commit-not-sent", session: row.ref, turn: row.turn, detail });
      return false;
    }
    row.inFlight = true;
    const outcome = await commitCall(host, instance, row, phase).finally(() => {
      row.inFlight = false;
    });
    if (fault && fault.left > 0) {
      fault.left--;
      host.recorder.add({ kind: "host", what: "commit-answer-lost", session: row.ref, turn: row.turn, detail });
      return false;
    }
    if (!acknowledged(outcome)) {
      host.recorder.add({ kind: "host", what: "commit-queued", session: row.ref, turn: row.turn, detail });
      return false;
    }
    this.rows = this.rows.filter((other) => other !== row);
    return true;
  }
}

function acknowledged(outcome: Outcome): boolean {
  if (outcome.status === "threw") return false;
  const status = (outcome.result as { status?: unknown } | null | undefined)?.status;
  return status === "committed" || status === "duplicate";
}

function commitCall(host: Host, instance: Instance, row: CommitRow, phase: "commit" | "commit-late"): Promise<Outcome> {
  const ref = {
    ...row.ref,
    key: host.policy.engineKey({
      routingKey: row.ref.routingKey,
      sessionId: row.ref.sessionId,
      kind: row.turn.kind,
      phase,
      perRun: host.profile.keyPolicy === "per-run",
    }),
  };
  const flag = host.policy.heartbeatFlag({ heartbeat: row.heartbeat, supported: host.profile.heartbeatFlag });
  const params = {
    advancementKey: row.advancementKey,
    admission: { ...row.admission, sessionKey: ref.key },
    terminal: row.terminal,
    messages: row.messages,
    sessionId: ref.sessionId,
    sessionKey: ref.key,
    sessionTarget: host.target(row.session, ref, false),
    ...(flag !== undefined ? { isHeartbeat: flag } : {}),
    runtimeContext: host.context(row.session),
  };
  host.lastDelivery.set(row.stepId, { method: "commitTurn", params, session: row.ref, turn: row.turn, from: 0 });
  return host.port.call(instance, "commitTurn", params, { session: row.ref, turn: row.turn, phase, deliveredFrom: 0 });
}
