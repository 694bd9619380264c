// Writes the steps of one case in order: fills in what a wish leaves open, gives ids and times, keeps the world up to date.
// Which kind comes next is decided elsewhere (kinds.ts for random steps, aims/ for aimed ones).

import { type Case, PROFILES, type Profile, type ProfileId, type Settings, type Step, type StepOf } from "../define/index.js";
import type { CaseClass } from "./classes.js";
import type { Habits } from "./habits.js";
import type { Draw, Weighted } from "./random.js";
import { drawSummariser, drawTalk, type Talk } from "./talk-draw.js";
import { drawImported, drawText } from "./text-draw.js";
import { World } from "./world.js";

/** 2026-01-05T08:00:00Z: where the virtual time of every case starts. */
export const START_MS = 1_767_600_000_000;

/** What a beat asks for; the author draws the rest. A wish that names the provider means a talk without faults of its own. */
export type Wish<K extends Step["kind"]> = Partial<Omit<StepOf<K>, "kind" | "at">>;
type Given<K extends Step["kind"], Names extends keyof StepOf<K>> = Wish<K> & Pick<StepOf<K>, Names>;

/** A step to be written when its turn comes; it may look at the world of that moment. */
export type Beat = (author: Author) => void;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Virtual time between two steps: from, to, weight. */
const GAPS: Weighted<readonly [number, number]> = [
  [[2 * SECOND, 50 * SECOND], 40],
  [[MINUTE, 40 * MINUTE], 35],
  [[HOUR, 9 * HOUR], 20],
  [[24 * HOUR, 72 * HOUR], 3],
];

export class Author {
  readonly steps: Step[] = [];
  readonly world: World;
  readonly profile: Profile;
  /** Beats promised for later, with the number of steps they still wait. */
  readonly due: { inSteps: number; beat: Beat }[] = [];
  #now = START_MS;
  #ids = 0;
  #capture: Step[] | undefined;

  constructor(
    readonly draw: Draw,
    profile: ProfileId,
    readonly settings: Settings,
    readonly habits: Habits,
    readonly caseClass: CaseClass,
  ) {
    this.profile = PROFILES[profile];
    this.world = new World(settings);
  }

  /** A fresh step id; ids are put in order of appearance at the end. */
  newId(): string {
    this.#ids += 1;
    return `d${this.#ids}`;
  }

  /** Steps until the newest: nested ones count once, as their overlap. */
  get length(): number {
    return this.steps.length;
  }

  #write(step: Step): void {
    if (this.#capture !== undefined) {
      this.#capture.push(step);
      return;
    }
    this.steps.push(step);
    this.world.advance(step);
  }

  #time(atLeastMs = 0): number {
    const [least, most] = this.draw.weighted(GAPS);
    this.#now += Math.max(this.draw.int(least, most), atLeastMs);
    return this.#now;
  }

  #talk(wish: Wish<"turn"> | Wish<"tick">, contentTokens: number, acknowledge: number): Talk {
    if (wish.provider === undefined) return drawTalk(this.draw, this.habits, this.settings, contentTokens, acknowledge);
    return { reply: "text", replyTokens: this.draw.int(8, 40), tools: [], provider: wish.provider };
  }

  turn({ session, ...wish }: Given<"turn", "session">): void {
    const party = this.world.party(session);
    const room = this.settings.window - this.settings.reserve - 200 - party.tokens;
    const cron = party.kind === "cron";
    const talk = this.#talk(wish, party.tokens, cron ? 0.1 : 0.03);
    const copied = party.kind === "session" && party.texts.length > 0 && this.draw.chance(this.habits.same);
    // No recorded host runs a turn about an empty text: only the aim for it does.
    const text = copied ? this.#sameAs(this.draw.pick(party.texts)) : drawText(this.draw, { ...this.habits, emptyText: 0 }, room);
    const via = cron ? "cron" : this.draw.chance(this.habits.chat) ? "chat" : "rpc";
    this.#write({ id: this.newId(), at: this.#time(), kind: "turn", session, via, text, ...talk, ...wish });
  }

  /** The text of an earlier turn, canary included. */
  #sameAs(id: string): StepOf<"turn">["text"] {
    const earlier = this.steps.find((step) => step.id === id);
    const text = earlier?.kind === "turn" ? earlier.text : { form: "plain" as const, tokens: 12 };
    return { form: text.form, tokens: text.tokens, same: text.same ?? id };
  }

  tick({ lane, ...wish }: Given<"tick", "lane">): void {
    const party = this.world.party(lane);
    const isolated = wish.isolated ?? this.draw.chance(this.habits.isolated);
    const content = isolated ? 0 : this.world.party(party.base ?? lane).tokens;
    const talk = this.#talk(wish, content, this.habits.acknowledge);
    const wakeKey = this.draw.pick(["none", "none", "base", "heartbeat", "heartbeat-twice"] as const);
    const event = this.draw.chance(this.habits.event)
      ? { event: drawText(this.draw, { ...this.habits, emptyText: 0, boundary: 0 }) }
      : {};
    this.#write({
      id: this.newId(),
      at: this.#time(2 * MINUTE),
      kind: "tick",
      lane,
      isolated,
      wakeKey,
      ...event,
      ...talk,
      ...wish,
    });
  }

  compact({ session, ...wish }: Given<"compact", "session">): void {
    const trigger = this.draw.chance(0.75) ? "manual" : "proactive";
    const fault = wish.summariser === undefined ? drawSummariser(this.draw, this.habits) : {};
    this.#write({ id: this.newId(), at: this.#time(), kind: "compact", session, trigger, ...fault, ...wish });
  }

  reset({ session, ...wish }: Given<"reset", "session">): void {
    this.#write({ id: this.newId(), at: this.#time(), kind: "reset", session, ...wish });
  }

  restart(wish: Wish<"restart"> = {}): void {
    this.#write({ id: this.newId(), at: this.#time(), kind: "restart", mode: "soft", ...wish });
  }

  kill({ point, ...wish }: Given<"kill", "point">): void {
    this.#write({ id: this.newId(), at: this.#time(), kind: "kill", point, ...wish });
  }

  late({ delivery, ...wish }: Given<"late", "delivery">): void {
    const attempts = this.draw.pick([1, 1, 1, 2, 3]);
    const fault = this.draw.pick(["not-sent", "answer-lost"] as const);
    this.#write({ id: this.newId(), at: this.#time(), kind: "late", delivery, fault, attempts, ...wish });
  }

  repeat({ delivery, ...wish }: Given<"repeat", "delivery">): void {
    this.#write({ id: this.newId(), at: this.#time(), kind: "repeat", delivery, ...wish });
  }

  spawn({ parent, ...wish }: Given<"spawn", "parent">): void {
    const { draw, habits } = this;
    this.#write({
      id: this.newId(),
      at: this.#time(),
      kind: "spawn",
      parent,
      contextMode: draw.chance(0.65) ? "isolated" : "fork",
      fails: draw.chance(0.2),
      text: drawText(draw, { ...habits, emptyText: 0 }),
      childText: drawText(draw, { ...habits, emptyText: 0 }),
      childReplyTokens: draw.int(6, 60),
      ended: draw.pick(["completed", "completed", "deleted", "swept", "released"] as const),
      endedTwice: draw.chance(0.2),
      ...wish,
    });
  }

  importHistory({ session, ...wish }: Given<"import", "session">): void {
    const messages = wish.messages ?? drawImported(this.draw, this.habits);
    this.#write({ id: this.newId(), at: this.#time(), kind: "import", session, messages, ...wish });
  }

  damage({ session, ...wish }: Given<"damage", "session">): void {
    this.#write({
      id: this.newId(),
      at: this.#time(),
      kind: "damage",
      session,
      fault: this.draw.pick(["truncated", "missing"] as const),
      ...wish,
    });
  }

  clock(wish: Wish<"clock"> = {}): void {
    const far = this.draw.pick([5 * MINUTE, HOUR, 5 * HOUR, 24 * HOUR, 8 * 24 * HOUR, 40 * 24 * HOUR]);
    const byMs = this.draw.chance(0.2) ? -Math.min(far, 24 * HOUR) : far + this.draw.int(0, MINUTE);
    this.#write({ id: this.newId(), at: this.#time(), kind: "clock", byMs, ...wish });
  }

  /** Writes what `beats` write as one overlap; at most four of turn, tick and compact, at least two. */
  overlap(beats: readonly Beat[]): void {
    const nested: Step[] = [];
    this.#capture = nested;
    for (const beat of beats) beat(this);
    this.#capture = undefined;
    const steps = nested.filter((step) => step.kind === "turn" || step.kind === "tick" || step.kind === "compact").slice(0, 4);
    if (steps.length < 2) return;
    const at = Math.max(...steps.map((step) => step.at));
    // Often in step with each other: calls of the same kind, deliveries above all, meet only then.
    const order = this.draw.chance(0.4) ? [] : Array.from({ length: this.draw.int(4, 30) }, () => this.draw.int(0, 7));
    this.#write({ id: this.newId(), at, kind: "overlap", steps: steps.map((step) => ({ ...step, at })), order });
  }

  /** The finished steps: ids are s1, s2, … in order of appearance, nested ones included, and references follow. */
  finish(): Case["steps"] {
    const names = new Map<string, string>();
    const name = (id: string) => names.get(id) ?? id;
    for (const step of this.steps) {
      names.set(step.id, `s${names.size + 1}`);
      if (step.kind === "overlap") for (const nested of step.steps) names.set(nested.id, `s${names.size + 1}`);
    }
    for (const step of this.steps) rename(step, name);
    return this.steps;
  }
}

/** In place: an author's steps are its own. Texts may be shared between steps of an aim, so they are replaced. */
function rename(step: Step, name: (id: string) => string): void {
  step.id = name(step.id);
  if (step.kind === "turn" && step.text.same !== undefined) step.text = { ...step.text, same: name(step.text.same) };
  if (step.kind === "late" || step.kind === "repeat") step.delivery = name(step.delivery);
  if (step.kind === "kill" && step.point.where === "call") step.point = { ...step.point, step: name(step.point.step) };
  if (step.kind === "overlap") for (const nested of step.steps) rename(nested, name);
}
