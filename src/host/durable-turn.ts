// One logical turn of a durable host: instance per turn, repeated assemble for owning engines, at most three compactions, one commit.
// Recorded: 2026.9 a1 to u1; host-protocol "Durable lifecycle, one logical turn".

import type { Message, TurnRef } from "../define/index.js";
import { sizeOf, sizeOfText } from "../judge/size.js";
import { askCompaction, followSuccessor, MAX_COMPACTIONS, maintainAfterCompaction, overflowRequest } from "./compaction.js";
import { type AdmittedAt, commitRow } from "./durable-commit.js";
import { durableHistory } from "./histories.js";
import type { Host } from "./host.js";
import { userMessage } from "./messages.js";
import type { Instance } from "./port.js";
import { FakeModel } from "./provider.js";
import { CONTINUE_ENTRY, CONTINUE_REQUEST, retryPrompt, UNSEEN_REQUEST } from "./texts.js";
import type { Entry } from "./transcript.js";
import { asParts, recordEnd, recordStart, replyRole, type TurnPlan, turnRef } from "./turn-plan.js";

type Ending = { status: "accepted" } | { status: "failed"; reason: string };

export async function durableTurn(host: Host, plan: TurnPlan): Promise<void> {
  const turn = new DurableTurn(host, plan);
  await turn.play();
}

class DurableTurn {
  private attempt = 1;
  private compacts = 0;
  private overflows = 0;
  private readonly model: FakeModel;
  /** Entries of this turn in the transcript it was admitted to. */
  private readonly entries: Entry[] = [];
  private readonly user: Entry;
  private readonly admitted: AdmittedAt;
  private readonly existed: boolean;
  /** The current user entry of the transcript the attempt runs over. */
  private current: Entry;
  private succeeded = false;
  /** There were tool rounds ahead of the first overflow. */
  private beganWithTools = false;
  private rejected: string | undefined;
  private readonly startedAs: ReturnType<Host["ref"]>;

  constructor(
    private readonly host: Host,
    private readonly plan: TurnPlan,
  ) {
    this.model = new FakeModel(host, plan);
    const { session } = plan;
    this.existed = session.existed;
    this.startedAs = host.ref(session, plan.kind, "commit");
    recordStart(host, plan, host.ref(session, plan.kind, "assemble-first"));
    this.admitted = {
      position: session.transcript.path().length,
      rawSeq: session.transcript.entries.length,
      parentId: session.transcript.leaf,
      generation: session.generation,
    };
    this.user = {
      id: host.entryId(plan.id, "user"),
      parentId: this.admitted.parentId,
      message: userMessage(plan.stored, plan.atMs, {
        parts: asParts(plan.stepId),
        ...(plan.storedIdempotencyKey !== undefined ? { idempotencyKey: plan.storedIdempotencyKey } : {}),
      }),
      turn: plan.id,
      role: plan.isMarker ? "marker" : "plain",
    };
    this.current = this.user;
  }

  private ref(phase: Parameters<Host["ref"]>[2]) {
    return this.host.ref(this.plan.session, this.plan.kind, phase);
  }

  private get turn(): TurnRef {
    return turnRef(this.plan, this.attempt);
  }

  async play(): Promise<void> {
    const { host, plan } = this;
    host.inFlight = { plan, accepted: false };
    const instance = await host.makeInstance();
    const usable =
      instance !== undefined && host.fullyDeclared(instance) && (await host.queue.drainBefore(host, instance, plan.session));
    this.admit();
    plan.session.existed = true;
    if (!usable || !instance) {
      this.replyAlone();
      if (instance) await host.dispose(instance);
      host.inFlight = undefined;
      recordEnd(host, plan, 1, "degraded", instance ? "the engine could not be used for this turn" : "the factory failed", 0);
      return;
    }
    const ending = await this.attempts(instance);
    // An isolated tick that went over to a successor is never committed; its session is thrown away. Nor is a turn that had used tools ahead
    // of its first overflow (recorded: w30, ws01; unlike ws03); campaigns are kinder.
    const lostItsSession =
      this.succeeded && (plan.kind === "heartbeat-isolated" || (host.world !== undefined && this.beganWithTools));
    if (ending.status === "accepted" && plan.commits && !lostItsSession) await this.commit(instance);
    host.fence.delete(plan.session);
    await host.dispose(instance);
    host.inFlight = undefined;
    recordEnd(host, plan, this.attempt, ending.status, ending.status === "failed" ? ending.reason : "", this.compacts);
  }

  /** The user entry enters the transcript; announce turns store none. */
  private admit(): void {
    const { host, plan } = this;
    if (!plan.storesUser) return;
    const entry = plan.session.transcript.append(this.user);
    this.entries.push(entry);
    this.current = entry;
    host.fence.set(plan.session, entry);
  }

  private append(message: Message, what: string, role: Entry["role"]): Entry {
    const { host, plan } = this;
    const entry = plan.session.transcript.append({ id: host.entryId(plan.id, what), message, turn: plan.id, role });
    if (!this.succeeded) this.entries.push(entry);
    return entry;
  }

  /** What the transcript shows before the current turn; in a retry after tool rounds, the current turn's entries, too. */
  private history(): { messages: Message[]; goesOn: boolean } {
    const path = this.plan.session.transcript.path();
    const at = this.plan.session.transcript.placeOf(this.current, path);
    if (at < 0) return { messages: durableHistory(path), goesOn: false };
    // A compaction of the host's own may stand behind it; it says nothing of the turn.
    const goesOn = path.slice(at + 1).some((entry) => entry.role !== "compaction");
    return { messages: durableHistory(goesOn ? path : path.toSpliced(at, 1)), goesOn };
  }

  private async attempts(instance: Instance): Promise<Ending> {
    for (;;) {
      const freshSuccessor = this.succeeded && this.attemptOfSuccessor === this.attempt;
      if (this.attempt === 1 ? this.existed : !freshSuccessor) await this.bootstrap(instance);
      const ending = await this.runAttempt(instance);
      if (ending !== "overflow" && ending !== "unseen") return ending;
      this.asksAgain = ending === "unseen";
      const failed = this.asksAgain ? undefined : await this.recover(instance);
      if (failed) return failed;
      this.attempt++;
    }
  }

  private attemptOfSuccessor = 0;
  private asksAgain = false;
  private namedTokens: number | undefined;

  private async bootstrap(instance: Instance): Promise<void> {
    const { host, plan } = this;
    const ref = this.ref("bootstrap");
    const about = { session: ref, turn: this.turn, phase: "bootstrap" as const };
    if (host.port.has(instance, "bootstrap")) {
      const outcome = await host.port.call(instance, "bootstrap", host.bootstrapParams(plan.session, ref), about);
      if (outcome.status === "threw") return;
    }
    if (!host.port.has(instance, "maintain")) return;
    const again = this.ref("bootstrap-maintain");
    const params = host.maintainParams(plan.session, again, { lifecycle: true });
    await host.port.call(instance, "maintain", params, { session: again, turn: this.turn, phase: "bootstrap-maintain" });
  }

  /** A retry repeats the stored user text in its first prompt, unless the history shows that text already. */
  private prompts(goesOn: boolean): { first: string; again: string } {
    if (this.attempt === 1) return { first: this.plan.prompt, again: this.plan.prompt };
    if (this.asksAgain) return { first: UNSEEN_REQUEST, again: UNSEEN_REQUEST };
    if (this.succeeded || goesOn) return { first: CONTINUE_REQUEST, again: CONTINUE_REQUEST };
    return { first: retryPrompt(this.plan.stored), again: CONTINUE_REQUEST };
  }

  private async runAttempt(instance: Instance): Promise<Ending | "overflow" | "unseen"> {
    const { host, plan } = this;
    const { messages: history, goesOn } = this.history();
    const { first, again } = this.prompts(goesOn);
    const budget = Math.max(256, host.window - host.theCase.settings.reserve - 200 - sizeOfText(first));
    const view = await this.assemble(instance, "assemble-first", history, first, budget);
    const tail: Message[] = [];
    for (;;) {
      const pending = sizeOfText(again) + 32 + sizeOf(tail);
      const sent = host.owns
        ? await this.assemble(instance, "assemble-again", view, again, Math.max(0, host.window - pending))
        : view;
      const prompt = host.owns ? again : first;
      const outgoing = [...sent, ...tail];
      const sending = () => JSON.stringify([plan.session.sessionId, outgoing, prompt]);
      const signature = this.attempt > 1 ? sending() : undefined;
      if (signature !== undefined && signature === this.rejected) {
        this.namedTokens = undefined;
        return "overflow";
      }
      const answer = this.model.answer(outgoing, prompt, this.ref("assemble-again"), this.attempt);
      switch (answer.kind) {
        case "ok":
          this.append(answer.message, `reply/${this.attempt}`, replyRole(plan, answer.unseen));
          if (answer.unseen) return "unseen";
          plan.session.lastUsage = plan.usageTokens;
          if (host.inFlight) host.inFlight.accepted = true;
          return { status: "accepted" };
        case "tool": {
          tail.push(answer.message, ...answer.results);
          this.append(answer.message, `call/${answer.round}`, "plain");
          answer.results.forEach((result, i) => {
            this.append(result, `result/${answer.round}/${i}`, "plain");
          });
          await plan.onTool?.(answer.round);
          continue;
        }
        case "overflow":
          this.rejected = signature ?? sending();
          this.namedTokens = answer.namedTokens;
          return "overflow";
        case "error":
        case "abort":
          return { status: "failed", reason: answer.message };
      }
    }
  }

  /** What one assemble returned; the host's own messages where it threw or answered nonsense. */
  private async assemble(
    instance: Instance,
    phase: "assemble-first" | "assemble-again",
    messages: Message[],
    prompt: string,
    tokenBudget: number,
  ): Promise<Message[]> {
    const { host } = this;
    const ref = this.ref(phase);
    const params = {
      ...host.identity(ref),
      messages,
      prompt,
      tokenBudget,
      availableTools: new Set(this.plan.tools.map((tool) => tool.name)),
      model: "mock-1",
      runtimeSettings: host.settings("normal"),
      ...(phase === "assemble-first" ? { runtimeContext: undefined } : {}),
    };
    const outcome = await host.port.call(instance, "assemble", params, { session: ref, turn: this.turn, phase });
    const view =
      outcome.status === "returned" ? (outcome.result as { messages?: unknown } | null | undefined)?.messages : undefined;
    return Array.isArray(view) ? (view as Message[]) : messages;
  }

  private async recover(instance: Instance): Promise<Ending | undefined> {
    const { host, plan } = this;
    this.overflows++;
    if (this.overflows === 1) this.beganWithTools = this.entries.length > 1;
    if (this.overflows > MAX_COMPACTIONS) return { status: "failed", reason: "still too large after three compactions" };
    const request = overflowRequest(host, plan, "compact-overflow", this.overflows, this.namedTokens);
    const ref = this.ref("compact-overflow");
    const answer = await askCompaction(host, instance, plan.session, ref, this.turn, request);
    this.compacts++;
    if (answer.status !== "compacted")
      return { status: "failed", reason: answer.status === "threw" ? "compact threw" : "compact did nothing" };
    if (answer.successor !== undefined) this.moveToSuccessor(answer.successor, ref);
    await maintainAfterCompaction(host, instance, plan.session, this.ref("compact-maintain"), this.turn, request, answer.signal);
    return undefined;
  }

  /** The retry's user entry under the successor is the request to go on; the commit still names the old id and holds only the user entry. */
  private moveToSuccessor(successor: string, ref: ReturnType<Host["ref"]>): void {
    const { host, plan } = this;
    followSuccessor(host, plan.session, successor, ref);
    this.succeeded = true;
    this.attemptOfSuccessor = this.attempt + 1;
    this.entries.splice(1);
    this.current = plan.session.transcript.append({
      id: host.entryId(plan.id, `continue/${this.attempt}`),
      message: userMessage(CONTINUE_ENTRY, plan.atMs + this.attempt, { parts: true }),
      turn: plan.id,
      role: "plain",
    });
    host.fence.set(plan.session, this.current);
  }

  private async commit(instance: Instance): Promise<void> {
    const { host, plan } = this;
    const row = commitRow(host, plan, this.turn, this.startedAs, this.entries, this.admitted);
    host.queue.enqueue(row);
    await host.queue.drainAtAccept(host, instance, row);
  }

  /** The engine is left out of this turn: the user still gets a reply, from the host's own history. */
  private replyAlone(): void {
    const { host, plan } = this;
    const answer = this.model.answer(this.history().messages, plan.prompt, this.ref("assemble-first"), 1);
    if (answer.kind === "ok") this.append(answer.message, "reply/0", replyRole(plan));
    host.fence.delete(plan.session);
  }
}
