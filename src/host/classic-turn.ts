// One run of a classic host: the engine's view replaces the run's history, deltas are delivered eagerly and at the end, failed attempts
// too, and any throw takes the engine out of service. Recorded: 2026.5 and 2026.7 traces; host-protocol "Classic lifecycle, one run".

import type { Message } from "../define/index.js";
import { OVERFLOW_APOLOGY } from "../define/words.js";
import { sizeOf, sizeOfText } from "../judge/size.js";
import { type Dialect, pluginRunDialect, releasedDialect } from "./classic-dialect.js";
import { ClassicLink } from "./classic-link.js";
import { admitUser, liveMessage, orphanOf, Run, withoutOrphan } from "./classic-run.js";
import {
  askCompaction,
  compactOwnTranscript,
  followSuccessor,
  MAX_COMPACTIONS,
  maintainAfterCompaction,
  overflowRequest,
} from "./compaction.js";
import { classicHistory } from "./histories.js";
import type { Host } from "./host.js";
import { assistantText, failedAssistant } from "./messages.js";
import type { Instance } from "./port.js";
import { FakeModel, type ModelAnswer } from "./provider.js";
import type { Entry } from "./transcript.js";
import { recordEnd, recordStart, type TurnPlan, turnRef } from "./turn-plan.js";

type AttemptEnd = "accepted" | "overflow" | "precheck" | { failed: string };

export async function classicTurn(host: Host, plan: TurnPlan): Promise<void> {
  await new ClassicTurn(host, plan).play();
}

export class ClassicTurn {
  /** A spawn's child begins while its parent ends: see spawn.ts. */
  readyInstance: Instance | undefined;
  beforeFinal: (() => Promise<void>) | undefined;
  beforeDispose: (() => Promise<void>) | undefined;
  afterModel: (() => Promise<void>) | undefined;

  private attempt = 1;
  private compacts = 0;
  private entryNumber = 0;
  private deferred = false;
  private namedTokens: number | undefined;
  private readonly model: FakeModel;
  private readonly dialect: Dialect;
  private link: ClassicLink;

  constructor(
    private readonly host: Host,
    private readonly plan: TurnPlan,
  ) {
    this.model = new FakeModel(host, plan);
    this.dialect = plan.pluginRun && host.durable ? pluginRunDialect(host, plan) : releasedDialect(host, plan);
    this.link = this.linkTo(undefined);
  }

  /** Another call of the engine threw while this run went on. */
  goOnWithout(): void {
    this.link.lost = true;
  }

  get instance(): Instance | undefined {
    return this.link.instance;
  }

  private linkTo(instance: Instance | undefined): ClassicLink {
    return new ClassicLink(this.host, this.plan, this.dialect, instance, () => turnRef(this.plan, this.attempt));
  }

  async play(): Promise<void> {
    const { host, plan } = this;
    host.inFlight = { plan, accepted: false };
    host.activeTurns.add(plan.id);
    recordStart(host, plan, this.link.ref("assemble-first"));
    const instance = host.quarantined ? undefined : (this.readyInstance ?? (await host.makeInstance()));
    this.link = this.linkTo(instance);
    if (!instance) this.link.lose("the factory failed");
    const end = await this.attempts();
    plan.session.existed = true;
    host.fence.delete(plan.session);
    if (instance) {
      await this.beforeDispose?.();
      await host.dispose(instance);
      if (this.deferred) await this.link.maintain("deliver-maintain", this.dialect.maintainLifecycle);
    }
    host.inFlight = undefined;
    host.activeTurns.delete(plan.id);
    this.recordOutcome(end);
  }

  private recordOutcome(end: AttemptEnd): void {
    const failed = typeof end === "object" ? end.failed : undefined;
    const unheard = this.link.lost && !this.link.delivered;
    const status = end === "precheck" ? "refused" : failed !== undefined ? "failed" : unheard ? "degraded" : "accepted";
    const reason = failed ?? (end === "precheck" ? "the view and the prompt exceed the window" : "");
    recordEnd(this.host, this.plan, this.attempt, status, reason, this.compacts);
  }

  private async attempts(): Promise<AttemptEnd> {
    let overflows = 0;
    for (;;) {
      const end = await this.runAttempt();
      if (end !== "overflow" && end !== "precheck") return end;
      overflows++;
      const exhausted = overflows > MAX_COMPACTIONS;
      if (exhausted || !(await this.recover(overflows, end))) {
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

  private nextId(what: string): string {
    return this.host.entryId(this.plan.id, `${what}/${this.entryNumber++}`);
  }

  private append(message: Message, what: string, role: Entry["role"]): void {
    const { session, id } = this.plan;
    session.transcript.append({ id: this.nextId(what), message, turn: id, role });
  }

  private async runAttempt(): Promise<AttemptEnd> {
    const { host, plan, dialect, attempt, link } = this;
    const { session } = plan;
    session.file?.open();
    if (dialect.bootstraps(attempt)) await link.bootstrap();
    session.file?.beginRun();
    const path = session.transcript.path();
    const orphan = plan.pluginRun ? undefined : orphanOf(session, path, host.activeTurns);
    const view = await link.assemble("assemble-first", dialect.history(path), dialect.firstAssemble(attempt));
    if (this.tooLarge(view)) return this.precheck(view);
    const live = liveMessage(plan, dialect.live(attempt), orphan, attempt);
    if (plan.storesUser && (attempt === 1 || dialect.storesUserAgain)) admitUser(host, plan, live, orphan, this.nextId("user"));
    return this.converse(new Run(withoutOrphan(view, orphan), live), path);
  }

  private tooLarge(view: Message[]): boolean {
    const { host, plan } = this;
    return sizeOf(view) + sizeOfText(plan.prompt) > host.window - host.theCase.settings.reserve;
  }

  /** No model call: the engine gets an empty delta and is asked to compact; the user message is neither stored nor delivered. */
  private async precheck(view: Message[]): Promise<AttemptEnd> {
    await this.deliverFinal(new Run(view, undefined));
    this.namedTokens = this.host.window + 1;
    return "precheck";
  }

  private async converse(run: Run, before: Entry[]): Promise<AttemptEnd> {
    const { plan } = this;
    let compactedInside = false;
    for (;;) {
      const sent = await this.beforeModel(run);
      const answer = this.model.answer(sent, undefined, this.link.ref("assemble-again"), this.attempt);
      await this.afterModel?.();
      switch (answer.kind) {
        case "tool":
          await this.toolRound(run, answer);
          continue;
        case "ok":
          this.take(run, answer.message, plan.reply.kind === "ack" && plan.isMarker ? "ack" : "plain");
          plan.session.lastUsage = plan.usageTokens;
          if (this.host.inFlight) this.host.inFlight.accepted = true;
          await this.deliverFinal(run);
          return "accepted";
        case "overflow":
          this.namedTokens = answer.namedTokens;
          if (this.instance && !this.asksEngine() && !compactedInside) {
            compactedInside = true;
            this.compactInside(run, before);
            continue;
          }
          this.take(run, failedAssistant("error", "context_length_exceeded", plan.atMs + 40 + this.attempt), "failed");
          await this.deliverFinal(run);
          return "overflow";
        case "error":
        case "abort": {
          const stopReason = answer.kind === "abort" ? "aborted" : "error";
          this.take(run, failedAssistant(stopReason, answer.message, plan.atMs + 40 + this.attempt), "failed");
          await this.deliverFinal(run);
          return { failed: answer.message };
        }
      }
    }
  }

  /** Owning engines hear of everything new before each model call, and assemble again. */
  private async beforeModel(run: Run): Promise<Message[]> {
    const { host, link } = this;
    if (!link.live || !host.owns || run.nothingNew()) return run.messages;
    await link.deliver(run, "deliver-eager");
    return link.assemble("assemble-again", [...run.messages], {
      tokenBudget: host.window,
      model: "mock-1",
      ...host.classicSettings(),
    });
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
    return this.host.owns || this.host.theCase.settings.safeguard || this.plan.pluginRun === true;
  }

  /** Default configuration, engine not owning: the host compacts in the middle of the attempt; the old checkpoint stays. */
  private compactInside(run: Run, before: Entry[]): void {
    const { host, plan } = this;
    const ref = this.link.ref("assemble-again");
    this.append(failedAssistant("error", "context_length_exceeded", plan.atMs + 40), "assistant", "failed");
    const turn = turnRef(plan, this.attempt);
    host.recorder.add({ kind: "provider", session: ref, turn, roles: ["user"], sizeTokens: 0, answer: "summary" });
    compactOwnTranscript(host, plan.session, ref, plan.session.transcript.path().length, plan.id);
    const summary = plan.session.transcript.last()?.message;
    const kept = classicHistory(before).filter((message) => message.role !== "compactionSummary");
    run.restart([...(summary ? [summary] : []), ...kept]);
  }

  /** Recorded hosts maintain in the background after dispose. Campaigns are kinder: no call comes to an instance that is disposed. */
  private defersMaintain(): boolean {
    return this.host.world !== undefined && this.host.maintainsInBackground;
  }

  private async deliverFinal(run: Run): Promise<void> {
    await this.beforeFinal?.();
    await this.link.deliver(run, "deliver-final");
    if (this.defersMaintain()) this.deferred = true;
    else await this.link.maintain("deliver-maintain", this.dialect.maintainLifecycle);
  }

  /** Asks the engine for a compaction; true when the turn can be tried again. */
  private async recover(overflows: number, why: "overflow" | "precheck"): Promise<boolean> {
    const { host, plan, link } = this;
    const instance = link.live;
    if (!instance || (why === "overflow" && !this.asksEngine())) return false;
    const turn = turnRef(plan, this.attempt);
    const phase = why === "precheck" ? "compact-precheck" : "compact-overflow";
    const request = overflowRequest(host, plan, phase, overflows, this.namedTokens);
    const ref = link.ref(phase);
    const answer = await askCompaction(host, instance, plan.session, ref, turn, request);
    this.compacts++;
    if (answer.status === "threw") link.lose("compact threw");
    if (answer.status !== "compacted") return false;
    if (answer.successor !== undefined) followSuccessor(host, plan.session, answer.successor, ref);
    const signal = this.dialect.signalsAfterCompaction ? answer.signal : undefined;
    const fine = await maintainAfterCompaction(host, instance, plan.session, link.ref("compact-maintain"), turn, request, signal);
    if (!fine) link.lose("maintain threw");
    return fine;
  }
}
