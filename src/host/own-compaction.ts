// A classic host that compacts on its own inside a run, where the engine does not own compaction: its summary, and what the run goes on with.

import type { Message, SessionRef, TurnRef } from "../define/index.js";
import { compactOwnTranscript } from "./compaction.js";
import { classicHistory, rawHistory } from "./histories.js";
import type { Host } from "./host.js";
import type { Session } from "./sessions.js";
import type { Entry } from "./transcript.js";

/** The summary the host makes of its transcript, which stays whole below it. */
export function ownSummary(host: Host, session: Session, ref: SessionRef, turn: TurnRef): Message[] {
  const { transcript } = session;
  host.recorder.add({ kind: "provider", session: ref, turn, roles: ["user"], sizeTokens: 0, answer: "summary" });
  compactOwnTranscript(host, session, ref, transcript.path().length, turn.id);
  const summary = transcript.last()?.message;
  return summary ? [summary] : [];
}

/** Recorded hosts go on with what the file holds, as it stands there. Campaigns are kinder: with what the engine was shown of it. */
export function heldOf(host: Host, path: Entry[]): Message[] {
  if (host.world) return rawHistory(path);
  return classicHistory(path).filter((message) => message.role !== "compactionSummary");
}
