// A classic run's connection to its engine instance: lost for the rest of the run (and the process) at the first throw of any method.

import type { CallPhase, Message, TurnRef } from "../define/index.js";
import { deliver } from "./classic-delivery.js";
import type { Dialect } from "./classic-dialect.js";
import type { Run } from "./classic-run.js";
import type { Host } from "./host.js";
import type { Instance } from "./port.js";
import type { TurnPlan } from "./turn-plan.js";

export class ClassicLink {
  lost = false;
  /** The final delivery of some attempt returned. */
  delivered = false;

  constructor(
    private readonly host: Host,
    private readonly plan: TurnPlan,
    private readonly dialect: Dialect,
    readonly instance: Instance | undefined,
    private readonly turn: () => TurnRef,
  ) {}

  /** The instance, while it is of use. */
  get live(): Instance | undefined {
    return this.lost ? undefined : this.instance;
  }

  ref(phase: CallPhase) {
    return this.host.ref(this.plan.session, this.plan.kind, phase);
  }

  about(phase: CallPhase) {
    return { session: this.ref(phase), turn: this.turn(), phase, ...this.host.fileEntries(this.plan.session) };
  }

  lose(why: string): void {
    if (this.lost) return;
    this.lost = true;
    this.host.quarantine(why, this.ref("dispose"));
  }

  async bootstrap(): Promise<void> {
    const { host, plan } = this;
    if (this.live && host.port.has(this.live, "bootstrap")) {
      const params = host.bootstrapParams(plan.session, this.ref("bootstrap"));
      const outcome = await host.port.call(this.live, "bootstrap", params, this.about("bootstrap"));
      if (outcome.status === "threw") this.lose("bootstrap threw");
    }
    await this.maintain("bootstrap-maintain", true);
  }

  async maintain(phase: CallPhase, lifecycle: boolean): Promise<void> {
    const { host, plan } = this;
    if (!this.live || !host.port.has(this.live, "maintain")) return;
    const params = host.maintainParams(plan.session, this.ref(phase), { lifecycle });
    const outcome = await host.port.call(this.live, "maintain", params, this.about(phase));
    if (outcome.status === "threw") this.lose("maintain threw");
  }

  /** What the engine made of the messages; the messages themselves once it is lost. */
  async assemble(phase: "assemble-first" | "assemble-again", messages: Message[], extra: object): Promise<Message[]> {
    if (!this.live) return messages;
    const params = { ...this.host.identity(this.ref(phase)), messages, ...extra };
    const outcome = await this.host.port.call(this.live, "assemble", params, this.about(phase));
    if (outcome.status === "threw") {
      this.lose("assemble threw");
      return messages;
    }
    const view = (outcome.result as { messages?: unknown } | null | undefined)?.messages;
    if (Array.isArray(view)) return view as Message[];
    this.lose("assemble answered without messages");
    return messages;
  }

  async deliver(run: Run, phase: "deliver-eager" | "deliver-final"): Promise<void> {
    if (!this.live) return;
    const ok = await deliver(this.host, this.live, this.plan, {
      about: this.about(phase),
      messages: [...run.messages],
      from: run.checkpoint,
      extra: this.dialect.delivery(this.ref(phase)),
    });
    if (!ok) return this.lose("a delivery threw");
    run.checkpoint = run.messages.length;
    if (phase === "deliver-final") this.delivered = true;
  }
}
