// One run of a classic host: the engine's view replaces the run's history, deltas are delivered eagerly and at the end, failed attempts
// too, and any throw takes the engine out of service. Recorded: 2026.5 and 2026.7 traces; host-protocol "Classic lifecycle, one run".

import type { Message, TurnRef, UserMessage } from "../define/index.js";
import { sizeOf, sizeOfText } from "../judge/size.js";
import { deliver } from "./classic-delivery.js";
import { askCompaction, type CompactionRequest, compactOwnTranscript, followSuccessor, maintainAfterCompaction } from "./compaction.js";
import { classicHistory, plainText } from "./histories.js";
import type { Host } from "./host.js";
import { assistantText, failedAssistant, userMessage } from "./messages.js";
import type { Instance } from "./port.js";
import { FakeModel, type ModelAnswer } from "./provider.js";
import { OVERFLOW_APOLOGY, orphanWrap } from "./texts.js";
import type { Entry } from "./transcript.js";
import { asParts, recordEnd, recordStart, type TurnPlan, turnRef } from "./turn-plan.js";

const MAX_COMPACTIONS = 3;

type AttemptEnd = "accepted" | "overflow" | "precheck" | { failed: string };

export async function classicTurn(host: Host, plan: TurnPlan): Promise<void> {
  await new ClassicTurn(host, plan).play();
}

export class ClassicTurn {
  private attempt = 1;
  private compacts = 0;
  private readonly model: FakeModel;
  /** The engine threw in this turn: the rest goes on without it. */
  private lost = false;
  private delivered = false;
  private namedTokens: number | undefined;
  private entryNumber = 0;
  private live: UserMessage | undefined;

  constructor(
    readonly host: Host,
    readonly plan: TurnPlan,
  ) {
    this.model = new FakeModel(host, plan);
  }

  async play(): Promise<void> {
    const { host, plan } = this;
    recordStart(host, plan, host.ref(plan.session, plan.kind, "assemble-first"));
    const instance = host.quarantined ? undefined : (this.readyInstance ?? (await host.makeInstance()));
    this.instance = instance;
    if (!instance) {
      if (!host.quarantined) host.quarantine("the factory failed", host.ref(plan.session, plan.kind, "factory"));
      this.lost = true;
    }
    const end = await this.attempts(instance);
    plan.session.existed = true;
    host.fence.delete(plan.session);
    if (instance) await this.disposeAfter(instance);
    this.recordOutcome(end);
  }

  /** A spawn's child begins while its parent ends: see spawn.ts. */
  readyInstance: Instance | undefined;
  instance: Instance | undefined;
  beforeFinal: (() => Promise<void>) | undefined;
  beforeDispose: (() => Promise<void>) | undefined;
  afterModel: (() => Promise<void>) | undefined;

  private async disposeAfter(instance: Instance): Promise<void> {
    await this.beforeDispose?.();
    await this.host.dispose(instance);
  }

  private recordOutcome(end: AttemptEnd): void {
    const failed = typeof end === "object" ? end.failed : undefined;
    const status = end === "precheck" ? "refused" : failed !== undefined ? "failed" : this.lost && !this.delivered ? "degraded" : "accepted";
    recordEnd(this.host, this.plan, this.attempt, status, failed ?? (end === "precheck" ? "the view and the prompt exceed the window" : ""), this.compacts);
  }

  get turn(): TurnRef {
    return turnRef(this.plan, this.attempt);
  }

  private ref(phase: Parameters<Host["ref"]>[2]) {
    return this.host.ref(this.plan.session, this.plan.kind, phase);
  }

  private about(phase: Parameters<Host["ref"]>[2]) {
    return { session: this.ref(phase), turn: this.turn, phase, ...this.host.fileEntries(this.plan.session) };
  }

  private async attempts(instance: Instance | undefined): Promise<AttemptEnd> {
    let overflows = 0;
    for (;;) {
      const end = await this.runAttempt(instance);
      if (end !== "overflow" && end !== "precheck") return end;
      overflows++;
      const exhausted = overflows > MAX_COMPACTIONS;
      const recovered = !exhausted && instance !== undefined && !this.lost && (await this.recover(instance, overflows, end));
      if (!recovered) {
        if (end === "precheck") return end;
        this.apologise();
        return { failed: exhausted ? "still too large after three compactions" : "the overflow could not be recovered" };
      }
      this.attempt++;
    }
  }

  /** After a final overflow the host's own text enters the file; it is never delivered. */
  private apologise(): void {
    this.append(assistantText(OVERFLOW_APOLOGY, this.plan.atMs + 50, 0), "apology", "host");
    this.plan.session.file?.sync();
  }

  private append(message: Message, what: string, role: Entry["role"], parentId?: string | null): Entry {
    const { host, plan } = this;
    const id = host.entryId(plan.id, `${what}/${this.entryNumber++}`);
    return plan.session.transcript.append({ id, message, turn: plan.id, role, ...(parentId !== undefined ? { parentId } : {}) });
  }

  private async runAttempt(instance: Instance | undefined): Promise<AttemptEnd> {
    const { host, plan } = this;
    const { session } = plan;
    session.file?.open();
    if (instance && !this.lost && session.file?.exists()) await this.bootstrap(instance);
    session.file?.beginRun();
    const path = session.transcript.path();
    const history = classicHistory(path);
    const orphan = this.orphanOf(path);
    let view = await this.firstView(instance, history);
    if (this.tooLarge(view)) return this.precheck(instance, view);
    if (orphan && view.length > 0 && plainText(view[view.length - 1] as Message) === plainText(orphan.message)) view = view.slice(0, -1);
    const live = this.liveMessage(orphan);
    this.admitUser(live, orphan);
    const run = new Run(view, live);
    return this.converse(instance, run, path);
  }

  private async bootstrap(instance: Instance): Promise<void> {
    const { host, plan } = this;
    if (host.port.has(instance, "bootstrap"))
      await this.guarded(instance, "bootstrap", host.bootstrapParams(plan.session, this.ref("bootstrap")), "bootstrap");
    if (this.lost || !host.port.has(instance, "maintain")) return;
    await this.guarded(instance, "maintain", host.maintainParams(plan.session, this.ref("bootstrap-maintain"), { lifecycle: true }), "bootstrap-maintain");
  }

  private async guarded(instance: Instance, method: "bootstrap" | "maintain", params: object, phase: Parameters<Host["ref"]>[2]): Promise<void> {
    const outcome = await this.host.port.call(instance, method, params, this.about(phase));
    if (outcome.status === "threw") this.lose(`${method} threw`);
  }

  private lose(why: string): void {
    if (this.lost) return;
    this.lost = true;
    this.host.quarantine(why, this.ref("dispose"));
  }

  private budgetOfFirst(): number {
    const { host } = this;
    if (host.profile.firstBudget === "window") return host.window;
    return Math.max(256, host.window - host.theCase.settings.reserve - 200 - sizeOfText(this.plan.prompt));
  }

  private async firstView(instance: Instance | undefined, history: Message[]): Promise<Message[]> {
    if (!instance || this.lost) return history;
    const { host, plan } = this;
    return this.assemble(instance, "assemble-first", history, {
      prompt: plan.prompt,
      tokenBudget: this.budgetOfFirst(),
      availableTools: new Set(plan.tools.map((tool) => tool.name)),
      model: "mock-1",
      ...host.classicSettings(),
    });
  }

  private async assemble(instance: Instance, phase: "assemble-first" | "assemble-again", messages: Message[], extra: object): Promise<Message[]> {
    const { host } = this;
    const params = { ...host.identity(this.ref(phase)), messages, ...extra };
    const outcome = await host.port.call(instance, "assemble", params, this.about(phase));
    if (outcome.status === "threw") {
      this.lose("assemble threw");
      return messages;
    }
    const view = (outcome.result as { messages?: unknown } | null | undefined)?.messages;
    if (!Array.isArray(view)) {
      this.lose("assemble answered without messages");
      return messages;
    }
    return view as Message[];
  }

  private tooLarge(view: Message[]): boolean {
    const { host, plan } = this;
    return sizeOf(view) + sizeOfText(plan.prompt) > host.window - host.theCase.settings.reserve;
  }

  /** No model call: the engine gets an empty delta and is asked to compact; the user message is neither stored nor delivered. */
  private async precheck(instance: Instance | undefined, view: Message[]): Promise<AttemptEnd> {
    const run = new Run(view, undefined);
    if (instance && !this.lost) await this.deliverFinal(instance, run);
    this.namedTokens = this.host.window + 1;
    return "precheck";
  }

  /** An entry of a user that got no reply and is physically last: it is merged into the live user message. */
  private orphanOf(path: Entry[]): Entry | undefined {
    const last = path[path.length - 1];
    return last && last.message.role === "user" && last.role === "plain" && last.id === this.plan.session.transcript.last()?.id ? last : undefined;
  }

  private liveMessage(orphan: Entry | undefined): UserMessage {
    const { plan } = this;
    const text = orphan ? orphanWrap(plainText(orphan.message), plan.live) : plan.live;
    // A retry sends the same user message again: same object, same text.
    if (this.live && !orphan) return { ...this.live };
    this.live = userMessage(text, plan.atMs, { parts: asParts(plan.stepId) });
    return this.live;
  }

  private admitUser(live: UserMessage, orphan: Entry | undefined): void {
    const { host, plan } = this;
    if (!plan.storesUser) return;
    const stored =
      plan.stored === plan.live || orphan
        ? live
        : userMessage(plan.stored, plan.atMs + 1, { parts: true, ...(plan.storedIdempotencyKey !== undefined ? { idempotencyKey: plan.storedIdempotencyKey } : {}) });
    const entry = this.append(stored, "user", plan.isMarker ? "marker" : "plain", orphan ? orphan.parentId : undefined);
    host.fence.set(plan.session, entry.id);
    plan.session.file?.sync();
  }

  private async converse(instance: Instance | undefined, run: Run, before: Entry[]): Promise<AttemptEnd> {
    const { host, plan } = this;
    let compactedInside = false;
    for (;;) {
      const sent = await this.beforeModel(instance, run);
      const answer = this.model.answer(sent, undefined, this.ref("assemble-again"), this.attempt);
      await this.afterModel?.();
      switch (answer.kind) {
        case "tool":
          await this.toolRound(run, answer);
          continue;
        case "ok":
          this.take(run, answer.message, plan.reply.kind === "ack" && plan.isMarker ? "ack" : "plain");
          plan.session.lastUsage = plan.usageTokens;
          await this.finish(instance, run);
          return "accepted";
        case "overflow":
          this.namedTokens = answer.namedTokens;
          if (instance && !this.asksEngine() && !compactedInside) {
            compactedInside = true;
            this.compactInside(run, before);
            continue;
          }
          this.take(run, failedAssistant("error", "context_length_exceeded", plan.atMs + 40 + this.attempt), "failed");
          await this.finish(instance, run);
          return "overflow";
        case "error":
        case "abort":
          this.take(run, failedAssistant(answer.kind === "abort" ? "aborted" : "error", answer.message, plan.atMs + 40 + this.attempt), "failed");
          await this.finish(instance, run);
          return { failed: answer.message };
      }
    }
  }

  /** Owning engines hear of everything new before each model call, and assemble again. */
  private async beforeModel(instance: Instance | undefined, run: Run): Promise<Message[]> {
    const { host } = this;
    if (!instance || this.lost || !host.owns || run.nothingNew()) return run.messages;
    await this.deliverNow(instance, run, "deliver-eager");
    if (this.lost) return run.messages;
    const extra = { tokenBudget: host.window, model: "mock-1", ...host.classicSettings() };
    return this.assemble(instance, "assemble-again", [...run.messages], extra);
  }

  private async toolRound(run: Run, answer: Extract<ModelAnswer, { kind: "tool" }>): Promise<void> {
    this.take(run, answer.message, "plain");
    for (const result of answer.results) this.take(run, result, "plain");
    await this.plan.onTool?.(answer.round);
  }

  private take(run: Run, message: Message, role: Entry["role"]): void {
    run.messages.push(message);
    this.append(message, message.role, role);
    this.plan.session.file?.sync();
  }

  private asksEngine(): boolean {
    return this.host.owns || this.host.theCase.settings.safeguard;
  }

  /** Default configuration, engine not owning: the host compacts in the middle of the attempt; the old checkpoint stays. */
  private compactInside(run: Run, before: Entry[]): void {
    const { host, plan } = this;
    const ref = this.ref("assemble-again");
    this.append(failedAssistant("error", "context_length_exceeded", plan.atMs + 40), "assistant", "failed");
    host.recorder.add({ kind: "provider", session: ref, turn: this.turn, roles: ["user"], sizeTokens: 0, answer: "summary" });
    compactOwnTranscript(host, plan.session, ref, plan.session.transcript.path().length, plan.id);
    const summary = plan.session.transcript.last()?.message;
    run.restart([...(summary ? [summary] : []), ...classicHistory(before).filter((message) => message.role !== "compactionSummary")]);
  }

  private async finish(instance: Instance | undefined, run: Run): Promise<void> {
    await this.beforeFinal?.();
    if (instance && !this.lost) await this.deliverFinal(instance, run);
  }

  private async deliverFinal(instance: Instance, run: Run): Promise<void> {
    await this.deliverNow(instance, run, "deliver-final");
    if (this.lost || !this.host.port.has(instance, "maintain")) return;
    await this.guarded(instance, "maintain", this.host.maintainParams(this.plan.session, this.ref("deliver-maintain"), { lifecycle: false }), "deliver-maintain");
  }

  private async deliverNow(instance: Instance, run: Run, phase: "deliver-eager" | "deliver-final"): Promise<void> {
    const ok = await deliver(this.host, instance, this.plan, {
      about: this.about(phase),
      messages: [...run.messages],
      from: run.checkpoint,
    });
    if (!ok) return this.lose("a delivery threw");
    run.checkpoint = run.messages.length;
    if (phase === "deliver-final") this.delivered = true;
  }

  private async recover(instance: Instance, overflows: number, why: "overflow" | "precheck"): Promise<boolean> {
    const { host, plan } = this;
    if (why === "overflow" && !this.asksEngine()) return false;
    const request: CompactionRequest = {
      phase: why === "precheck" ? "compact-precheck" : "compact-overflow",
      trigger: "overflow",
      force: true,
      target: "budget",
      currentTokenCount: this.namedTokens ?? host.window + 1,
      instructions: false,
      attempt: overflows,
      summariser: plan.summariser,
      abortAt: plan.abortAt,
    };
    const ref = this.ref(request.phase);
    const answer = await askCompaction(host, instance, plan.session, ref, this.turn, request);
    this.compacts++;
    if (answer.status === "threw") this.lose("compact threw");
    if (answer.status !== "compacted") return false;
    if (answer.successor !== undefined) followSuccessor(host, plan.session, answer.successor, ref);
    if (await maintainAfterCompaction(host, instance, plan.session, this.ref("compact-maintain"), this.turn, request, answer.signal)) return true;
    this.lose("maintain threw");
    return false;
  }
}

/** The messages of one attempt: the engine's view, then what is new. `checkpoint`: up to where the engine has heard. */
class Run {
  messages: Message[];
  checkpoint: number;

  constructor(
    view: Message[],
    private readonly live: UserMessage | undefined,
  ) {
    this.checkpoint = view.length;
    this.messages = live ? [...view, live] : [...view];
  }

  nothingNew(): boolean {
    return this.messages.length === this.checkpoint;
  }

  /** After a compaction inside the attempt: another history, the old checkpoint. */
  restart(history: Message[]): void {
    this.messages = this.live ? [...history, this.live] : history;
  }
}
