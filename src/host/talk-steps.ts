// Turns and ticks: from a step to the plan of a logical turn, played by the profile's lifecycle.

import type { StepOf } from "../define/index.js";
import { classicTurn } from "./classic-turn.js";
import { askCompaction, type CompactionRequest, maintainAfterCompaction } from "./compaction.js";
import { durableTurn } from "./durable-turn.js";
import type { Host } from "./host.js";
import { registerForTick, registerForTurn } from "./registrations.js";
import { cronRun, sessionFor, type Target, tickRun, touch } from "./sessions-of-steps.js";
import { chatWrap, HEARTBEAT_INSTRUCTION, HEARTBEAT_MARKER, plantText, stampPrefix, userText } from "./texts.js";
import { Transcript } from "./transcript.js";
import { DEFAULT_USAGE_TOKENS, idempotencyKey, isNearWindow, planReply, type TurnPlan, turnRef } from "./turn-plan.js";

/** Plays a turn step; answers why it was skipped, or undefined. */
export async function playTurnStep(host: Host, step: StepOf<"turn">): Promise<string | undefined> {
  const target = step.via === "cron" ? cronRun(host, step) : ordinaryTarget(host, step);
  if (typeof target === "string") return target;
  registerForTurn(host);
  await playTurn(host, planTurn(host, step, target), step.via);
  return undefined;
}

export async function playTickStep(host: Host, step: StepOf<"tick">): Promise<string | undefined> {
  registerForTick(host);
  const target = tickRun(host, step);
  if (typeof target === "string") return target;
  await playTurn(host, planTick(host, step, target), "tick");
  return undefined;
}

function ordinaryTarget(host: Host, step: StepOf<"turn">): Target | string {
  const lane = host.theCase.settings.lanes[step.session];
  if (lane?.kind === "cron") return `${step.session} is a cron lane: only via cron`;
  const session = sessionFor(host, step.session, step.id, step.at);
  if (!session) return `${step.session} has no key`;
  if (step.via === "chat") touch(host, session, step.id);
  return { session, kind: "ordinary" };
}

function planTurn(host: Host, step: StepOf<"turn">, target: Target): TurnPlan {
  const { session, kind } = target;
  const spoken = kind === "cron" ? cronText(host, step) : userText(step.text, host.theCase.seed, step.id);
  const chat = step.via === "chat" && !host.durable;
  const wrapped = chat && host.profile.wrapsChatText;
  const stamped = (host.profile.stampsUserText ? stampPrefix(step.at) : "") + spoken.text;
  const stored = step.via === "chat" ? spoken.text : stamped;
  const live = wrapped ? chatWrap(stored) : stored;
  const plan = {
    ...commonPlan(host, step, target),
    heartbeat: false,
    stored,
    live,
    prompt: wrapped ? stamped : live,
    promptDiffers: wrapped,
    storedIdempotencyKey: host.durable || chat ? idempotencyKey(host, step.id) : undefined,
    isMarker: false,
    ...(host.world?.pluginRuns.includes(step.id) ? { pluginRun: true } : {}),
    ...(chat && session.notice !== undefined ? { aside: session.notice } : {}),
  };
  if (chat && session.notice !== undefined) {
    plan.prompt = `${session.notice}\n\n${plan.prompt}`;
    session.notice = undefined;
  }
  host.recorder.plant(spoken.canary, "user", host.ref(session, kind, "assemble-first"), turnRef(plan, 1));
  return plan;
}

/** A cron job's prompt is a standing instruction: the same on every run, without a canary. */
function cronText(host: Host, step: StepOf<"turn">): { text: string; canary: undefined } {
  const lane = host.theCase.settings.lanes[step.session];
  const job = lane?.kind === "cron" ? lane.job : step.session;
  return { text: `[cron:${job}] Do the standing check of this job and report what changed.`, canary: undefined };
}

function planTick(host: Host, step: StepOf<"tick">, target: Target): TurnPlan {
  const { session, kind } = target;
  const event = step.event && showsEvent(host, step) ? plantText(step.event, host.theCase.seed, step.id, "event") : undefined;
  const told = event && event.text !== "" ? `${HEARTBEAT_INSTRUCTION}\nSystem event: ${event.text}` : HEARTBEAT_INSTRUCTION;
  const plan: TurnPlan = {
    ...commonPlan(host, step, target),
    heartbeat: true,
    stored: HEARTBEAT_MARKER,
    live: HEARTBEAT_MARKER,
    prompt: told,
    promptDiffers: true,
    storedIdempotencyKey: host.durable ? idempotencyKey(host, step.id) : undefined,
    isMarker: true,
    ...(target.wake ? { wake: target.wake } : {}),
  };
  host.recorder.plant(event?.canary, "event", host.ref(session, kind, "assemble-first"), turnRef(plan, 1));
  return plan;
}

/** Classic hosts put an event into the prompt when the wake names the very session that runs. Recorded: m1 of 2026.5 and 2026.9. */
function showsEvent(host: Host, step: StepOf<"tick">): boolean {
  if (host.durable) return false;
  return step.isolated ? step.wakeKey === "heartbeat" : step.wakeKey === "none" || step.wakeKey === "base";
}

function commonPlan(host: Host, step: StepOf<"turn"> | StepOf<"tick">, target: Target) {
  const { session, kind } = target;
  session.used = true;
  const reply = planReply(host, step.reply, step.replyTokens, step.id);
  host.recorder.plant(reply.canary, "reply", host.ref(session, kind, "assemble-first"), { id: step.id, kind, attempt: 1 });
  return {
    id: step.id,
    stepId: step.id,
    kind,
    session,
    storesUser: true,
    commits: true,
    reply,
    tools: step.tools,
    provider: step.provider,
    usageTokens: step.usage ?? DEFAULT_USAGE_TOKENS,
    summariser: step.summariser ?? host.theCase.settings.summariser,
    abortAt: step.abortAt ?? 0,
    atMs: step.at,
  };
}

export async function playTurn(host: Host, plan: TurnPlan, via: "rpc" | "chat" | "cron" | "tick"): Promise<void> {
  const nearWindow = () => isNearWindow(host, plan.session.lastUsage);
  if (via === "chat" && nearWindow()) {
    const outcome = await compactOutsideTurn(host, plan, "compact-preflight", "budget");
    if (host.durable && outcome === "still full") return;
  }
  if (host.durable && !plan.pluginRun) await durableTurn(host, plan);
  else await classicTurn(host, plan);
  if (host.durable && !plan.heartbeat && nearWindow()) await compactOutsideTurn(host, plan, "compact-proactive", "budget");
  if (!host.durable && via === "rpc" && nearWindow()) await compactOutsideTurn(host, plan, "compact-proactive", "cli_budget");
}

/**
 * Durable hosts compact after the turn, classic ones after one through rpc; both before one through chat. Recorded: q3, x1. Where it did
 * nothing, recorded durable hosts ask again ahead of the next turn and then refuse that turn (yq2); campaigns are kinder and ask once.
 */
async function compactOutsideTurn(
  host: Host,
  plan: TurnPlan,
  phase: "compact-preflight" | "compact-proactive",
  trigger: "budget" | "cli_budget",
): Promise<"done" | "still full"> {
  const usage = plan.session.lastUsage;
  plan.session.lastUsage = 0;
  const outcome = await compactOnOwnInstance(host, plan.session, plan.kind, {
    phase,
    trigger,
    force: host.profile.forcesPreflight || trigger === "cli_budget",
    target: "budget",
    currentTokenCount: host.world?.preflightTokens[plan.stepId] ?? usage,
    instructions: trigger === "budget",
    attempt: 1,
    summariser: plan.summariser,
    abortAt: plan.abortAt,
  });
  if (host.world === undefined || outcome !== "nothing") return "done";
  plan.session.lastUsage = usage;
  return "still full";
}

/** A compaction that belongs to no turn: an instance of its own. Answers what came of it. */
export async function compactOnOwnInstance(
  host: Host,
  session: TurnPlan["session"],
  kind: TurnPlan["kind"],
  request: CompactionRequest,
  afterCompact: () => void = () => {},
): Promise<"compacted" | "nothing" | "threw" | "no engine"> {
  // A durable host leaves a quarantined engine out of manual compaction and subagent hooks only.
  const minds = !host.durable || request.phase === "compact-manual";
  if (host.quarantined && minds) return "no engine";
  const instance = await host.makeInstance();
  if (!instance) {
    if (!host.durable) host.quarantine("the factory failed");
    return "no engine";
  }
  const ref = host.ref(session, kind, request.phase);
  const answer = await askCompaction(host, instance, session, ref, undefined, request);
  afterCompact();
  if (answer.status === "compacted") {
    if (answer.successor !== undefined) adoptSuccessor(host, session, answer.successor);
    const again = host.ref(session, kind, "compact-maintain");
    const fine = await maintainAfterCompaction(host, instance, session, again, undefined, request, answer.signal);
    if (!fine && !host.durable) host.quarantine("maintain threw", again);
  }
  // A recorded host forgets to dispose of the instance of a compaction after an rpc turn. Campaigns are kinder.
  if (host.world === undefined || request.trigger !== "cli_budget") await host.dispose(instance);
  if (answer.status === "threw" && minds) host.quarantine("compact threw", ref);
  return answer.status;
}

/** Outside a turn a successor changes the id under which the session goes on. A durable host has no entry and no transcript under it yet. */
function adoptSuccessor(host: Host, session: TurnPlan["session"], successor: string): void {
  const from = session.sessionId;
  session.sessionId = successor;
  if (host.durable) {
    session.transcript = new Transcript();
    session.position = 0;
    session.existed = false;
  }
  host.recorder.add({
    kind: "host",
    what: "successor",
    session: host.ref(session, "ordinary", "compact-maintain"),
    detail: { from, to: successor },
  });
}
