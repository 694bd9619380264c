// What the generator remembers of the case it writes: which sessions have content, which lanes ticked, which commits are still owed.
// A rough guess, made to write steps worth playing. It never decides what a host does: the host skips what is impossible.

import type { Case, Step, StepKind, StepOf } from "../define/index.js";

/** One alias of the case: a session, or a lane with the runs under its key. */
export interface Party {
  alias: string;
  kind: "session" | "heartbeat" | "cron";
  /** Alias of a heartbeat lane's session. */
  base?: string;
  /** A turn, a tick or an import has happened under this alias. */
  exists: boolean;
  /** Tokens supplied since the last reset or compaction, roughly. */
  tokens: number;
  /** Accepted turns since the reset, and since the last compaction. */
  turns: number;
  undigested: number;
  /** Isolated runs so far (lanes). */
  runs: number;
  resets: number;
  /** Deliveries of this alias that will still fail. */
  owed: number;
  /** Ids of accepted steps since the reset: what `repeat` may name. */
  deliveries: string[];
  /** Ids of steps with a user text since the reset: what `same` may name. */
  texts: string[];
  toolRounds: number;
}

const newParty = (alias: string, kind: Party["kind"], base?: string): Party => ({
  alias,
  kind,
  ...(base === undefined ? {} : { base }),
  exists: false,
  tokens: 0,
  turns: 0,
  undigested: 0,
  runs: 0,
  resets: 0,
  owed: 0,
  deliveries: [],
  texts: [],
  toolRounds: 0,
});

/** How the fake model's script ends, supposing that every compaction helps. */
function outcomeOf(step: StepOf<"turn"> | StepOf<"tick">): { accepted: boolean; overflows: number } {
  if (step.provider.mode === "by-size") return { accepted: true, overflows: 0 };
  let overflows = 0;
  for (const answer of step.provider.answers) {
    if (answer === "overflow") overflows += 1;
    if (answer === "error" || answer === "abort" || overflows > 3) return { accepted: false, overflows };
    if (answer === "ok") return { accepted: true, overflows };
  }
  return { accepted: true, overflows };
}

export class World {
  readonly parties = new Map<string, Party>();
  /** Steps so far, by kind; nested ones included. */
  readonly counts = new Map<StepKind, number>();
  /** Kind of the newest step. */
  lastKind: StepKind | undefined;
  stepsSinceRestart = 0;
  /** Step id → failures, announced by `late` and not met yet. */
  readonly #announced = new Map<string, number>();

  constructor(settings: Case["settings"]) {
    for (const alias of Object.keys(settings.keys)) this.parties.set(alias, newParty(alias, "session"));
    for (const [alias, lane] of Object.entries(settings.lanes)) {
      this.parties.set(alias, lane.kind === "heartbeat" ? newParty(alias, "heartbeat", lane.session) : newParty(alias, "cron"));
    }
  }

  party(alias: string): Party {
    const found = this.parties.get(alias);
    if (found === undefined) throw new Error(`World.party: the case has no session or lane "${alias}"`);
    return found;
  }

  count(kind: StepKind): number {
    return this.counts.get(kind) ?? 0;
  }

  /** Takes a step into account. */
  advance(step: Step): void {
    this.counts.set(step.kind, this.count(step.kind) + 1);
    this.lastKind = step.kind;
    this.stepsSinceRestart += 1;
    switch (step.kind) {
      case "turn":
        this.#turn(step);
        break;
      case "tick":
        this.#tick(step);
        break;
      case "compact":
        this.#digest(this.party(step.session));
        break;
      case "reset":
        this.#reset(this.party(step.session));
        break;
      case "restart":
      case "kill":
        this.stepsSinceRestart = 0;
        break;
      case "late":
        this.#announced.set(step.delivery, step.attempts);
        break;
      case "spawn":
        this.#add(this.party(step.parent), step.text.tokens + 24, undefined);
        break;
      case "import":
        this.#import(step);
        break;
      case "overlap":
        for (const nested of step.steps) this.advance(nested);
        this.lastKind = "overlap";
        break;
      case "repeat":
      case "damage":
      case "clock":
        break;
      default:
        step satisfies never;
    }
  }

  #turn(step: StepOf<"turn">): void {
    const party = this.party(step.session);
    if (party.kind === "cron") party.runs += 1;
    this.#talk(step, party, step.text.tokens);
    if (party.kind !== "cron") party.texts.push(step.id);
  }

  #tick(step: StepOf<"tick">): void {
    const lane = this.party(step.lane);
    if (step.isolated) lane.runs += 1;
    const place = step.isolated || lane.base === undefined ? lane : this.party(lane.base);
    this.#talk(step, place, 60 + (step.event?.tokens ?? 0));
  }

  #talk(step: StepOf<"turn"> | StepOf<"tick">, party: Party, promptTokens: number): void {
    party.exists = true;
    const { accepted, overflows } = outcomeOf(step);
    if (overflows > 0) this.#digest(party);
    if (!accepted) return;
    this.#settleDebts();
    const toolTokens = step.tools.reduce((sum, round) => sum + round.calls * (round.argTokens + round.resultTokens + 20), 0);
    party.toolRounds += step.tools.length;
    this.#add(party, promptTokens + step.replyTokens + toolTokens + 8, step.id);
    party.owed = this.#announced.get(step.id) ?? 0;
    this.#announced.delete(step.id);
  }

  #settleDebts(): void {
    for (const party of this.parties.values()) party.owed = Math.max(0, party.owed - 1);
  }

  #add(party: Party, tokens: number, delivery: string | undefined): void {
    party.exists = true;
    party.tokens += tokens;
    party.turns += 1;
    party.undigested += 1;
    if (delivery !== undefined) party.deliveries.push(delivery);
  }

  #digest(party: Party): void {
    party.undigested = Math.min(party.undigested, 1);
    party.tokens = Math.floor(party.tokens / 3);
  }

  #reset(party: Party): void {
    Object.assign(party, {
      tokens: 0,
      turns: 0,
      undigested: 0,
      deliveries: [],
      texts: [],
      toolRounds: 0,
      resets: party.resets + 1,
    });
  }

  #import(step: StepOf<"import">): void {
    const party = this.party(step.session);
    const tokens = step.messages.reduce((sum, message) => sum + message.text.tokens + 4, 0);
    this.#add(party, tokens, undefined);
    party.undigested += Math.floor(step.messages.length / 2);
  }
}
