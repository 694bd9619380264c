// One run of a classic host: the engine's view replaces the run's history, deltas are delivered eagerly and at the end, failed attempts
// too, and any throw takes the engine out of service. Recorded: 2026.5 and 2026.7 traces; host-protocol "Classic lifecycle, one run".

import type { Message } from "../define/index.js";
import { OVERFLOW_APOLOGY } from "../define/words.js";
import { type Dialect, pluginRunDialect, releasedDialect } from "./classic-dialect.js";
import { ClassicLink } from "./classic-link.js";
import {
  admitUser,
  asideOf,
  asksForWords,
  exceedsWindow,
  liveMessage,
  orphanOf,
  Run,
  withoutLooseResults,
  withoutOrphan,
} from "./classic-run.js";
import {
  askCompaction,
  beginSuccessorFile,
  followSuccessor,
  MAX_COMPACTIONS,
  maintainAfterCompaction,
  overflowRequest,
} from "./compaction.js";
import type { Host } from "./host.js";
import { assistantText, failedAssistant } from "./messages.js";
import { heldOf, ownSummary } from "./own-compaction.js";
import type { Instance } from "./port.js";
import { FakeModel, type ModelAnswer } from "./provider.js";
import type { Entry } from "./transcript.js";
import { isNearWindow, recordEnd, recordStart, replyRole, type TurnPlan, turnRef } from "./turn-plan.js";

type AttemptEnd = "accepted" | "overflow" | "precheck" | "unseen" | { failed: string };

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
  /** Maintains that wait for dispose: one for each final delivery. */
  private deferred = 0;
  private bootstrapped = false;
  private succeeded = false;
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

  /** A fork finds its session's file when it begins, while its parent's run is still ending. */
  async bootstrapEarly(): Promise<void> {
    if (!this.readyInstance) return;
    this.link = this.linkTo(this.readyInstance);
    await this.link.bootstrap();
    this.bootstrapped = true;
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
    if (!this.bootstrapped) this.link = this.linkTo(instance);
    if (!instance) this.link.lose("the factory failed");
    const end = await this.attempts();
    plan.session.existed = true;
    host.fence.delete(plan.session);
    if (instance) {
      await this.beforeDispose?.();
      await host.dispose(instance);
      for (; this.deferred > 0; this.deferred--) await this.link.maintain("deliver-maintain", this.dialect.maintainLifecycle);
    }
    host.inFlight = undefined;
    host.activeTurns.delete(plan.id);
    if (this.succeeded && host.profile.writesNotes) beginSuccessorFile(host, plan.session);
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
    for (; ; this.attempt++) {
      const end = await this.runAttempt();
      if (end === "unseen") continue;
      if (end !== "overflow" && end !== "precheck") return end;
      const exhausted = ++overflows > MAX_COMPACTIONS;
      if (exhausted || !(await this.recover(overflows, end))) {
        if (end === "precheck") return end;
        this.apologise();
        return { failed: exhausted ? "still too large after three compactions" : "the overflow could not be recovered" };
      }
    }
  }

  /** After a final overflow the host's own text enters the file; it is never delivered. Heartbeats have nobody to tell. */
  private apologise(): void {
    if (this.plan.heartbeat) return;
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
    if (dialect.bootstraps(attempt) && !(this.bootstrapped && attempt === 1)) await link.bootstrap();
    session.file?.beginRun();
    const path = session.transcript.path();
    const orphan = plan.pluginRun ? undefined : orphanOf(session, path, host.activeTurns);
    const shown = await link.assemble("assemble-first", dialect.history(path), dialect.firstAssemble(attempt));
    const view = host.profile.dropsLooseResults ? withoutLooseResults(shown) : shown;
    if (exceedsWindow(host, plan, view)) return this.precheck(view);
    const live = liveMessage(plan, dialect.live(attempt), orphan, attempt);
    if (plan.storesUser && (attempt === 1 || dialect.storesUserAgain)) admitUser(host, plan, live, orphan, this.nextId("user"));
    return this.converse(new Run(withoutOrphan(view, orphan), live, asideOf(plan)), path);
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
          this.take(run, answer.message, replyRole(plan, answer.unseen));
          plan.session.lastUsage = plan.usageTokens;
          if (this.host.inFlight) this.host.inFlight.accepted = true;
          if (this.compactsByItself() && isNearWindow(this.host, plan.usageTokens)) this.compactAfterReply(run);
          await this.deliverFinal(run);
          return answer.unseen ? asksForWords(plan) : "accepted";
        case "overflow":
          this.namedTokens = answer.namedTokens;
          if (this.compactsByItself() && !compactedInside) {
            compactedInside = true;
            this.compactInside(run, before);
            continue;
          }
          this.take(run, failedAssistant("error", "context_length_exceeded", plan.atMs + 40 + this.attempt), "failed");
          await this.deliverFinal(run);
          return "overflow";
        case "error":
        case "abort": {
          // An aborted answer is never shown again, and the file has a note of it.
          const [stopReason, role] = answer.kind === "abort" ? (["aborted", "silent"] as const) : (["error", "failed"] as const);
          this.take(run, failedAssistant(stopReason, answer.message, plan.atMs + 40 + this.attempt), role);
          if (answer.kind === "abort") plan.session.file?.note(this.nextId("note"), plan.atMs + 41);
          await this.deliverFinal(run, answer.kind);
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

  /** A host's own engine, which stands in for one that threw, owns no compaction; campaigns leave its compactions out. */
  private compactsByItself(): boolean {
    const { host, link, plan } = this;
    if (host.world !== undefined && !link.live) return true;
    return link.instance !== undefined && !host.owns && !host.theCase.settings.safeguard && plan.pluginRun !== true;
  }

  /** Default configuration, engine not owning: the host compacts in the middle of the attempt; the old checkpoint stays. */
  private compactInside(run: Run, before: Entry[]): void {
    this.append(failedAssistant("error", "context_length_exceeded", this.plan.atMs + 40), "assistant", "failed");
    run.restart([...this.ownSummary(), ...heldOf(this.host, before)]);
  }

  /** The same after a reply whose reported usage is near the window. Recorded: 2026.5. */
  private compactAfterReply(run: Run): void {
    const path = this.plan.session.transcript.path();
    run.replace([...this.ownSummary(), ...heldOf(this.host, path)]);
  }

  private ownSummary(): Message[] {
    return ownSummary(this.host, this.plan.session, this.link.ref("assemble-again"), turnRef(this.plan, this.attempt));
  }

  /** Recorded hosts maintain in the background after dispose. Campaigns are kinder: no call comes to an instance that is disposed. */
  private defersMaintain(): boolean {
    return this.host.world !== undefined && this.host.maintainsInBackground && !this.host.profile.writesNotes;
  }

  private async deliverFinal(run: Run, after: "abort" | "error" | "answer" = "answer"): Promise<void> {
    await this.beforeFinal?.();
    run.dropAside();
    await this.link.deliver(run, "deliver-final");
    if (after === "abort") return;
    if (this.defersMaintain()) this.deferred++;
    else await this.link.maintain("deliver-maintain", this.dialect.maintainLifecycle);
  }

  /** Asks the engine for a compaction; true when the turn can be tried again. */
  private async recover(overflows: number, why: "overflow" | "precheck"): Promise<boolean> {
    const { host, plan, link } = this;
    const instance = link.live;
    // It did so inside the attempt already, and tries again without the engine. Recorded: 2026.5, 2026.7.
    if (why === "overflow" && this.compactsByItself()) return true;
    if (!instance) return false;
    const turn = turnRef(plan, this.attempt);
    const phase = why === "precheck" ? "compact-precheck" : "compact-overflow";
    const request = overflowRequest(host, plan, phase, overflows, this.namedTokens);
    const ref = link.ref(phase);
    const answer = await askCompaction(host, instance, plan.session, ref, turn, request);
    this.compacts++;
    if (answer.status === "threw") link.lose("compact threw");
    if (answer.status !== "compacted") return false;
    if (answer.successor !== undefined) {
      followSuccessor(host, plan.session, answer.successor, ref);
      this.succeeded = true;
    }
    const signal = this.dialect.signalsAfterCompaction ? answer.signal : undefined;
    const about = link.ref("compact-maintain");
    if (!(await maintainAfterCompaction(host, instance, plan.session, about, turn, request, signal))) link.lose("maintain threw");
    return true;
  }
}
