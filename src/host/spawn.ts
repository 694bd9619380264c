// A subagent: prepared in the parent's turn, run under a key of its own, announced to the parent, and ended. Recorded: j1 of 2026.9 and
// 2026.5; in a classic host the child begins while its parent's run ends.

import type { StepOf } from "../define/index.js";
import { ClassicTurn } from "./classic-turn.js";
import { durableTurn } from "./durable-turn.js";
import type { Host } from "./host.js";
import { uuidFor } from "./ids.js";
import type { Session } from "./sessions.js";
import { sessionFor } from "./sessions-of-steps.js";
import { announcePrompt, plantText, stampPrefix, userText } from "./texts.js";
import { DEFAULT_USAGE_TOKENS, idempotencyKey, planReply, type TurnPlan, turnRef } from "./turn-plan.js";

export async function playSpawn(host: Host, step: StepOf<"spawn">): Promise<string | undefined> {
  const parent = sessionFor(host, step.parent, step.id, step.at);
  if (!parent || parent.isolatedLane !== undefined) return `${step.parent} is not an ordinary session`;
  const spawn = new Spawn(host, step, parent);
  await (host.durable ? spawn.durable() : spawn.classic());
  return undefined;
}

class Spawn {
  private readonly child: Session;
  private prepared = false;
  private parentRun: ClassicTurn | undefined;

  constructor(
    private readonly host: Host,
    private readonly step: StepOf<"spawn">,
    private readonly parent: Session,
  ) {
    const sessionId = uuidFor(host.theCase.seed, step.id, "child-session");
    this.child = host.store.create({
      alias: `${step.parent}/${step.id}`,
      routingKey: `agent:main:subagent:${uuidFor(host.theCase.seed, step.id, "child")}`,
      createdBy: step.id,
      atMs: step.at,
      sessionId,
      family: parent.family,
      contextMode: step.contextMode,
      register: false,
    });
  }

  async durable(): Promise<void> {
    await durableTurn(this.host, this.parentPlan());
    if (!this.ran()) return;
    await durableTurn(this.host, this.childPlan());
    await durableTurn(this.host, this.announcePlan());
    await this.ended();
  }

  async classic(): Promise<void> {
    const { host } = this;
    const parent = new ClassicTurn(host, this.parentPlan());
    this.parentRun = parent;
    const child = new ClassicTurn(host, this.childPlan());
    parent.beforeFinal = async () => {
      if (!this.ran() || host.quarantined) return;
      child.readyInstance = await host.makeInstance();
      if (this.step.contextMode === "fork" && !host.profile.writesNotes) await child.bootstrapEarly();
    };
    parent.beforeDispose = async () => {
      if (!this.ran()) return;
      child.afterModel = async () => {
        if (parent.instance) await host.dispose(parent.instance);
      };
      await child.play();
    };
    await parent.play();
    if (!this.ran()) return;
    await new ClassicTurn(host, this.announcePlan()).play();
    await this.ended();
  }

  private ran(): boolean {
    return this.prepared && !this.step.fails;
  }

  private base(id: string, session: Session, kind: TurnPlan["kind"]): Omit<TurnPlan, "stored" | "live" | "prompt" | "reply"> {
    const { host, step } = this;
    return {
      id,
      stepId: step.id,
      kind,
      session,
      heartbeat: false,
      promptDiffers: false,
      storedIdempotencyKey: host.durable ? idempotencyKey(host, id) : undefined,
      storesUser: true,
      commits: true,
      isMarker: false,
      tools: [],
      provider: { mode: "scripted", answers: [] },
      usageTokens: DEFAULT_USAGE_TOKENS,
      summariser: host.theCase.settings.summariser,
      abortAt: 0,
      atMs: step.at,
    };
  }

  private reply(plan: Pick<TurnPlan, "id" | "kind" | "session">, tokens: number): TurnPlan["reply"] {
    const { host } = this;
    const reply = planReply(host, "text", tokens, plan.id);
    host.recorder.plant(reply.canary, "reply", host.ref(plan.session, plan.kind, "assemble-first"), {
      id: plan.id,
      kind: plan.kind,
      attempt: 1,
    });
    return reply;
  }

  private parentPlan(): TurnPlan {
    const { host, step, parent } = this;
    const base = this.base(step.id, parent, "ordinary");
    parent.used = true;
    const spoken = userText(step.text, host.theCase.seed, step.id);
    const stored = (host.profile.stampsUserText ? stampPrefix(step.at) : "") + spoken.text;
    const plan: TurnPlan = {
      ...base,
      stored,
      live: stored,
      prompt: stored,
      reply: this.reply(base, 12),
      tools: [{ name: "sessions_spawn", calls: 1, ids: "unique", argTokens: 10, resultTokens: 12, isError: step.fails }],
      onTool: async () => {
        await this.prepare();
        if (this.ran() && step.contextMode === "fork") this.inherit();
      },
    };
    host.recorder.plant(spoken.canary, "user", host.ref(parent, "ordinary", "assemble-first"), turnRef(plan, 1));
    return plan;
  }

  private childText(): { stored: string; canary: string | undefined } {
    const { host, step } = this;
    const spoken = plantText(step.childText, host.theCase.seed, step.id, "child-user");
    return { stored: `[Subagent task] ${spoken.text}`, canary: spoken.canary };
  }

  private childPlan(): TurnPlan {
    const { host, step, child } = this;
    const base = this.base(`${step.id}/child`, child, "child");
    const { stored, canary } = this.childText();
    child.used = true;
    const plan: TurnPlan = {
      ...base,
      stored,
      live: stored,
      prompt: stored,
      reply: this.reply(base, step.childReplyTokens),
      atMs: step.at + 100,
    };
    host.recorder.plant(canary, "user", host.ref(child, "child", "assemble-first"), turnRef(plan, 1));
    return plan;
  }

  /** The announce turn shows the child's reply in its prompt; what the parent says of it is glued to its last reply. */
  private announcePlan(): TurnPlan {
    const { host, step, child, parent } = this;
    const base = this.base(`${step.id}/announce`, parent, "announce");
    const childReply = planReply(host, "text", step.childReplyTokens, `${step.id}/child`).text;
    const prompt = announcePrompt(child.routingKey, childReply);
    return {
      ...base,
      stored: prompt,
      live: prompt,
      prompt,
      storesUser: false,
      commits: false,
      // Campaigns are kinder: what an owning engine of 2026.7 is told twice here, and then not at the end, is left out.
      ...(host.world && !host.durable && host.profile.writesNotes ? { aside: `Note of the host:\n${prompt}` } : {}),
      reply: this.reply(base, 12),
      atMs: step.at + 200,
    };
  }

  /** A fork begins with the parent's conversation, up to the call that spawns it and without that call's result. Recorded: 2026.5, 2026.9. */
  private inherit(): void {
    const { host, step, parent, child } = this;
    const path = parent.transcript.path();
    const at = path.findLastIndex(({ message }) => message.role === "assistant");
    for (const [i, entry] of path.slice(0, at + 1).entries())
      child.transcript.append({ ...entry, parentId: child.transcript.leaf, ...(i === at ? { unanswered: true } : {}) });
    child.file?.sync();
    child.existed = true;
    if (host.durable) child.lifecycle = uuidFor(host.theCase.seed, step.id, "child-lifecycle");
  }

  /** On an instance of its own while the parent's lives; rolled back when the spawn fails. */
  private async prepare(): Promise<void> {
    const { host, step, child, parent } = this;
    if (host.quarantined) {
      this.prepared = true;
      return;
    }
    const instance = await host.makeInstance();
    if (!instance) return;
    if (!host.port.has(instance, "prepareSubagentSpawn")) {
      this.prepared = true;
      if (host.durable) await host.dispose(instance);
      return;
    }
    const params = {
      parentSessionKey: parent.routingKey,
      childSessionKey: child.routingKey,
      contextMode: step.contextMode,
      parentSessionId: parent.sessionId,
      parentSessionFile: host.filePath(parent),
      childSessionId: child.sessionId,
      childSessionFile: host.filePath(child),
      ttlMs: 30_000,
    };
    const about = { session: host.ref(child, "child", "spawn-prepare"), phase: "spawn-prepare" as const };
    const outcome = await host.port.call(instance, "prepareSubagentSpawn", params, about);
    this.prepared = outcome.status === "returned";
    const detail = { parent: parent.alias, contextMode: step.contextMode };
    if (this.prepared) host.recorder.add({ kind: "host", what: "spawned", session: about.session, detail });
    if (outcome.status === "threw" && !host.durable) {
      host.quarantine("prepareSubagentSpawn threw", about.session);
      this.parentRun?.goOnWithout();
    }
    if (outcome.status === "returned" && step.fails) await this.rollBack(instance, outcome.result);
    if (host.durable) await host.dispose(instance);
  }

  private async rollBack(instance: NonNullable<Awaited<ReturnType<Host["makeInstance"]>>>, handle: unknown): Promise<void> {
    const { host, child } = this;
    const session = host.ref(child, "child", "spawn-rollback");
    const rollback = (handle as { rollback?: unknown } | null | undefined)?.rollback;
    if (typeof rollback === "function")
      await host.port.handle(instance, "prepareSubagentSpawn", { session, phase: "spawn-rollback" }, () => rollback.call(handle));
    host.recorder.add({ kind: "host", what: "child-rolled-back", session, detail: {} });
  }

  private async ended(): Promise<void> {
    for (let n = 0; n < (this.step.endedTwice ? 2 : 1); n++) await this.endOnce();
  }

  private async endOnce(): Promise<void> {
    const { host, step, child } = this;
    if (host.quarantined) return;
    const instance = await host.makeInstance();
    if (!instance) return;
    if (host.port.has(instance, "onSubagentEnded")) {
      const params = {
        childSessionKey: child.routingKey,
        reason: step.ended,
        agentDir: host.dirs.agent,
        workspaceDir: host.dirs.workspace,
      };
      const about = { session: host.ref(child, "child", "spawn-ended"), phase: "spawn-ended" as const };
      const outcome = await host.port.call(instance, "onSubagentEnded", params, about);
      if (outcome.status === "threw" && !host.durable) host.quarantine("onSubagentEnded threw", about.session);
    }
    if (host.durable) await host.dispose(instance);
  }
}
