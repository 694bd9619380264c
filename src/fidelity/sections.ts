// Cuts a trace into sections: one thing done to the gateway, with the calls and provider answers that belong to it.
// Where two things were going on at once, a call belongs to the section whose engine instance it was made on.

import { type Action, actionOf } from "./actions.js";
import type { CallRecord, HostRecord, ProviderRecord, Trace } from "./trace.js";

export type SectionRecord = { kind: "call"; record: CallRecord } | { kind: "provider"; record: ProviderRecord };

export interface Section {
  action: Action;
  host: HostRecord;
  records: SectionRecord[];
  calls: CallRecord[];
  providers: ProviderRecord[];
  /** Number of the first engine instance made in it. */
  engine?: number;
  state: "open" | "ended";
  /** How its turn ended, where a record says so. */
  status?: string;
  /** The gateway stopped, or a user aborted, while it was open. */
  cut?: "stop" | "abort";
}

/** A kind that is done at once: nothing that follows it belongs to it. */
const INSTANT = new Set<Action["kind"]>(["reset", "cron-add", "stop", "exited"]);

export function sectionsOf(trace: Trace): Section[] {
  const sections: Section[] = [];
  let engines = new Map<number, Section>();
  let lastOwner: Section | undefined;
  const open = () => sections.filter((section) => section.state === "open");
  const place = (record: SectionRecord, section: Section | undefined) => {
    const target = section ?? sections.at(-1) ?? begin(sections, { host: "before the first step" });
    target.records.push(record);
    if (record.kind === "call") target.calls.push(record.record);
    else target.providers.push(record.record);
    lastOwner = target;
  };
  for (const entry of trace.records) {
    if (entry.kind === "host") {
      if (actionOf(entry.record).kind === "start") engines = new Map();
      takeHost(sections, entry.record, open());
    } else if (entry.kind === "provider") {
      place(entry, open().length > 1 && lastOwner?.state === "open" ? lastOwner : open().at(-1));
    } else {
      place(entry, ownerOf(entry.record, engines, open()));
    }
  }
  return sections;
}

function begin(sections: Section[], host: HostRecord): Section {
  const action = actionOf(host);
  const section: Section = {
    action,
    host,
    records: [],
    calls: [],
    providers: [],
    state: INSTANT.has(action.kind) ? "ended" : "open",
  };
  sections.push(section);
  return section;
}

function takeHost(sections: Section[], host: HostRecord, open: Section[]): void {
  const { kind } = actionOf(host);
  if (kind === "end") {
    const ending = open.find((section) => section.host.host.startsWith(beginningOf(host.host))) ?? open.at(-1);
    if (ending) {
      ending.state = "ended";
      if (host.status !== undefined) ending.status = host.status;
    }
    return;
  }
  if (kind === "abort") {
    const aborted = open.at(-1);
    if (aborted) aborted.cut = "abort";
    return;
  }
  if (kind === "stop") {
    for (const section of open) {
      if (!isDisposed(section)) section.cut = "stop";
      section.state = "ended";
    }
  }
  // Sections without an end record (chat.send, cron.run) are over when the next thing is done and their engine is gone.
  for (const section of open)
    if (!waitsForEnd(section) && isDisposed(section) && !isQueued(section, host)) section.state = "ended";
  begin(sections, host);
}

/** A message through chat that has not begun when the next one comes waits for its turn. Commands begin nothing. */
const isQueued = (section: Section, next: HostRecord): boolean =>
  section.engine === undefined && isChat(section.action) && section.host.command === undefined && isChat(actionOf(next));
const isChat = (action: Action): boolean => action.kind === "turn" && action.via === "chat";

const waitsForEnd = (section: Section): boolean => ["rpc", "tick", "wake", "plugin-run"].includes(nameOf(section.action));
const nameOf = (action: Action): string => (action.kind === "turn" ? action.via : action.kind);
const isDisposed = (section: Section): boolean =>
  section.engine === undefined || section.calls.some((call) => call.call === "dispose" && call.engine === section.engine);
/** "turn end" ends "turn (rpc agent)", "tick end" ends "heartbeat tick (…)". */
const beginningOf = (end: string): string => (end === "tick end" ? "heartbeat tick" : end.replace(/ end$/, ""));

function ownerOf(call: CallRecord, engines: Map<number, Section>, open: Section[]): Section | undefined {
  if (call.call !== "factory") return engines.get(call.engine);
  const owner = open.find((section) => section.engine === undefined && section.state === "open") ?? open.at(-1);
  if (owner === undefined) return undefined;
  owner.engine ??= call.engine;
  engines.set(call.engine, owner);
  return owner;
}
