// Steps that are no turns: compaction, reset, restart, repeats, imports, damage, the clock.

import type { Message, StepOf, TextSpec } from "../define/index.js";
import { compactOwnTranscript } from "./compaction.js";
import type { Host } from "./host.js";
import { uuidFor } from "./ids.js";
import { assistantCalls, assistantText, compactionSummary, failedAssistant, toolResult, userMessage } from "./messages.js";
import type { Session } from "./sessions.js";
import { canonicalAlias, existingSession, sessionFor } from "./sessions-of-steps.js";
import { compactOnOwnInstance } from "./talk-steps.js";
import { plantText } from "./texts.js";
import type { Entry } from "./transcript.js";
import { Transcript } from "./transcript.js";
import { idempotencyKey } from "./turn-plan.js";

type Played = string | undefined;

export async function playCompact(host: Host, step: StepOf<"compact">): Promise<Played> {
  const session = existingSession(host, step.session);
  // Recorded hosts ask for the compaction of an empty session, too; campaigns are kinder.
  if (!session || (session.transcript.entries.length === 0 && !host.world)) return `${step.session} has no history to compact`;
  if (step.trigger === "proactive" && session.isolatedLane !== undefined && host.durable)
    return "a host never compacts an isolated run on its own";
  const manual = step.trigger === "manual";
  const byCommand = host.world?.commandCompacts.includes(step.id) === true;
  // 2026.7 writes the command behind a note of its own once all is done, so that it is no orphan.
  const leavesLate = !host.durable && host.profile.writesNotes;
  const kind =
    session.isolatedLane !== undefined && host.theCase.settings.lanes[step.session]?.kind === "heartbeat"
      ? "heartbeat-isolated"
      : "ordinary";
  const outcome = await compactOnOwnInstance(
    host,
    session,
    kind,
    {
      phase: manual ? "compact-manual" : "compact-proactive",
      trigger: manual ? "manual" : "budget",
      force: manual || host.durable,
      target: manual ? "threshold" : "budget",
      currentTokenCount: manual ? undefined : Math.round(host.window * 0.97),
      instructions: true,
      attempt: 1,
      summariser: step.summariser ?? host.theCase.settings.summariser,
      abortAt: step.abortAt ?? 0,
    },
    () => {
      if (byCommand && !leavesLate) leaveCommand(host, session, step.id, step.at, "plain");
    },
  );
  if (byCommand && leavesLate) leaveCommand(host, session, step.id, step.at, "host");
  if (outcome === "no engine" && manual) {
    const ref = host.ref(session, kind, "compact-manual");
    host.recorder.add({
      kind: "provider",
      session: ref,
      turn: { id: step.id, kind, attempt: 1 },
      roles: ["user"],
      sizeTokens: 0,
      answer: "summary",
    });
    compactOwnTranscript(host, session, ref, 1, step.id);
  }
  return undefined;
}

/** A compaction asked for by a chat command leaves the command in the transcript as a user entry without a reply. */
function leaveCommand(host: Host, session: Session, stepId: string, atMs: number, role: "plain" | "host"): void {
  if (role === "host") session.file?.note(host.entryId(stepId, "note"), atMs);
  session.transcript.append({
    id: host.entryId(stepId, "command"),
    message: userMessage("/compact", atMs, { parts: true, idempotencyKey: idempotencyKey(host, stepId) }),
    turn: stepId,
    role,
  });
  session.file?.sync();
  if (!host.durable) session.notice = "System: the conversation was compacted.";
}

export function playReset(host: Host, step: StepOf<"reset">): Played {
  const name = canonicalAlias(host, step.session);
  if (name === undefined) return `${step.session} has no key`;
  const session = existingSession(host, name);
  if (!session) return host.theCase.settings.lanes[name] ? `${name} has had no run` : resetBeforeFirst(host, step, name);
  const before = host.ref(session, "ordinary", "bootstrap");
  if (host.durable) {
    session.transcript = new Transcript();
    session.resets++;
    session.generation++;
    session.lifecycle = uuidFor(host.theCase.seed, step.id, "lifecycle");
    session.existed = true;
    session.lastUsage = 0;
  } else {
    replaceClassic(host, step, session);
  }
  const after = existingSession(host, name) ?? session;
  if (host.world?.commandResets.includes(step.id)) beginWithCommand(host, after, step);
  host.recorder.add({ kind: "host", what: "reset", session: host.ref(after, "ordinary", "bootstrap"), detail: { before } });
  return undefined;
}

/** A reset asked for by a chat command: the command is the first entry of what follows, and no orphan. Recorded: 2026.5, 2026.9. */
function beginWithCommand(host: Host, session: Session, step: StepOf<"reset">): void {
  session.transcript.append({
    id: host.entryId(step.id, "command"),
    message: userMessage("/new", step.at, { parts: true, idempotencyKey: idempotencyKey(host, step.id) }),
    turn: step.id,
    role: "host",
  });
  session.file?.begin("command");
}

/** A session nobody ever used: durable hosts note a revision, classic ones make the file with its header. */
function resetBeforeFirst(host: Host, step: StepOf<"reset">, name: string): Played {
  const session = sessionFor(host, name, step.id, step.at);
  if (!session) return `${name} has no key`;
  if (host.durable) {
    session.lifecycle = uuidFor(host.theCase.seed, step.id, "lifecycle");
    session.existed = host.world?.existing.includes(name) ?? false;
  } else replaceClassic(host, step, session, 0);
  return undefined;
}

/** A new session id and a new file under the same key. */
function replaceClassic(host: Host, step: StepOf<"reset">, old: Session, resets = old.resets + 1): void {
  const made = host.store.create({
    alias: old.alias,
    routingKey: old.routingKey,
    createdBy: step.id,
    atMs: step.at,
    family: old.family,
    ...(old.contextMode !== undefined ? { contextMode: old.contextMode } : {}),
    resets,
    headerOnlyFile: host.world?.talkingResets.includes(step.id) !== true,
    register: host.store.get(old.alias) === old,
  });
  if (host.theCase.settings.lanes[old.alias]) host.store.lane(old.alias).last = made;
  made.used = old.used;
}

export async function playRepeat(host: Host, step: StepOf<"repeat">): Promise<Played> {
  const last = host.lastDelivery.get(step.delivery);
  if (!last) return `${step.delivery} made no delivery`;
  if (host.quarantined && !host.durable) return "the engine is out of service";
  const instance = await host.makeInstance();
  if (!instance) {
    if (!host.durable) host.quarantine("the factory failed");
    return undefined;
  }
  const about = { session: last.session, turn: last.turn, phase: "repeat" as const, deliveredFrom: last.from };
  const outcome = await host.port.call(instance, last.method, last.params, about);
  if (outcome.status === "threw" && !host.durable) host.quarantine(`${last.method} threw`, last.session);
  await host.dispose(instance);
  return undefined;
}

export function playImport(host: Host, step: StepOf<"import">): Played {
  const name = canonicalAlias(host, step.session);
  if (name === undefined || host.theCase.settings.lanes[name]) return `${step.session} is not an ordinary session`;
  if (existingSession(host, name)) return `${name} already has a history`;
  const session = sessionFor(host, name, step.id, step.at);
  if (!session) return `${name} has no key`;
  const ref = host.ref(session, "ordinary", "bootstrap");
  step.messages.forEach((spec, n) => {
    for (const entry of importedEntries(host, step, spec, n)) session.transcript.append({ ...entry, turn: step.id });
    const { canary } = importedText(host, step, spec.text, n);
    host.recorder.plant(canary, "import", ref);
  });
  session.used = true;
  session.existed = true;
  if (host.durable) session.lifecycle = uuidFor(host.theCase.seed, step.id, "lifecycle");
  session.file?.sync();
  host.recorder.add({ kind: "host", what: "import", session: ref, detail: { messages: step.messages.length } });
  return undefined;
}

const importedText = (host: Host, step: StepOf<"import">, spec: TextSpec, n: number) =>
  plantText(spec, host.theCase.seed, step.id, `import/${n}`);

function importedEntries(
  host: Host,
  step: StepOf<"import">,
  spec: StepOf<"import">["messages"][number],
  n: number,
): Pick<Entry, "id" | "message" | "role">[] {
  const { text } = importedText(host, step, spec.text, n);
  const at = Math.max(0, step.at - 1_000_000 + n * 10);
  const entry = (message: Message, what: string, role: Entry["role"] = "plain") => ({
    id: host.entryId(step.id, `${what}/${n}`),
    message,
    role,
  });
  switch (spec.role) {
    case "user":
      return [
        entry(
          userMessage(text, at, {
            parts: n % 2 === 0,
            ...(host.durable ? { idempotencyKey: idempotencyKey(host, `${step.id}/${n}`) } : {}),
          }),
          "user",
        ),
      ];
    case "assistant":
      return [entry(assistantText(text, at, 50), "assistant")];
    case "failed":
      return host.durable ? [] : [entry(failedAssistant("error", "500 server error", at), "failed", "failed")];
    case "custom":
      return [entry({ role: "custom", customType: "note", content: text, display: true, timestamp: at }, "custom")];
    case "summary":
      return [entry(compactionSummary(text, 500, at), "summary")];
    case "tool":
    case "tool-early":
    case "tool-late":
    case "tool-crossed": {
      const call = { id: `call_${host.entryId(step.id, `call/${n}`)}|fc_0`, name: "lookup", arguments: { n } };
      const asked = entry(assistantCalls([call], at, 50), "call");
      const answered = entry(toolResult(call, text, false, at + 1), "result");
      if (spec.role === "tool") return [asked, answered];
      if (spec.role === "tool-early") return [answered, asked];
      if (spec.role === "tool-late") return [asked, entry(assistantText("still at work", at, 50), "between"), answered];
      const other = { id: `call_${host.entryId(step.id, `other/${n}`)}|fc_0`, name: "glance", arguments: { n } };
      const [otherAsked, otherAnswered] = [assistantCalls([other], at, 50), toolResult(other, "nothing new", false, at + 1)];
      return [asked, entry(otherAsked, "other call"), entry(otherAnswered, "other result"), answered];
    }
  }
}

export function playDamage(host: Host, step: StepOf<"damage">): Played {
  const session = existingSession(host, step.session);
  if (host.durable || !session?.file) return "only classic hosts have transcript files";
  if (!session.file.damage(step.fault)) return `${step.session} has no file with content`;
  const ref = host.ref(session, "ordinary", "bootstrap");
  host.recorder.add({ kind: "host", what: "damage", session: ref, detail: { fault: step.fault } });
  if (step.fault === "missing")
    host.recorder.add({ kind: "host", what: "history-emptied", session: ref, detail: { by: "a missing file" } });
  return undefined;
}
