// What a classic order of calls looks like under a released classic host, and under a durable host when a plugin starts a run itself
// (recorded: 2026.9 p2). The order is the same; parameters, histories and retries differ.

import type { AssembleParams, Message, SessionRef } from "../define/index.js";
import { sizeOfText } from "../judge/size.js";
import { classicHistory, durableHistory } from "./histories.js";
import type { Host } from "./host.js";
import { retryPrompt } from "./texts.js";
import type { Entry } from "./transcript.js";
import type { TurnPlan } from "./turn-plan.js";

export interface Dialect {
  /** Whether an attempt begins with bootstrap and maintain. */
  bootstraps(attempt: number): boolean;
  history(path: Entry[]): Message[];
  prompt(attempt: number): string;
  /** Text of the live user message. */
  live(attempt: number): string;
  /** A retry stores the user entry again (and delivers it again). */
  storesUserAgain: boolean;
  /** What the first assemble carries beside identity and messages. */
  firstAssemble(attempt: number): Partial<AssembleParams>;
  /** What afterTurn carries beside the classic names. */
  delivery(ref: SessionRef): object;
  maintainLifecycle: boolean;
  signalsAfterCompaction: boolean;
}

const reducedBudget = (host: Host, prompt: string) =>
  Math.max(256, host.window - host.theCase.settings.reserve - 200 - sizeOfText(prompt));

export function releasedDialect(host: Host, plan: TurnPlan): Dialect {
  const { session } = plan;
  // Recorded: a chat client's message is stored once, and a retry has a prompt of its own. Campaigns store it with every attempt.
  const keepsEntry = host.world !== undefined && !plan.heartbeat && plan.storedIdempotencyKey !== undefined;
  const prompt = (attempt: number) => (keepsEntry && attempt > 1 ? retryPrompt(plan.stored) : plan.prompt);
  return {
    bootstraps: () => session.file?.exists() === true,
    history: classicHistory,
    prompt,
    live: () => plan.live,
    storesUserAgain: !keepsEntry,
    firstAssemble: (attempt) => ({
      prompt: prompt(attempt),
      tokenBudget: host.profile.firstBudget === "window" ? host.window : reducedBudget(host, prompt(attempt)),
      availableTools: new Set(plan.tools.map((tool) => tool.name)),
      model: "mock-1",
      ...host.classicSettings(),
    }),
    delivery: () => ({ sessionFile: host.filePath(session), ...host.classicSettings() }),
    maintainLifecycle: false,
    signalsAfterCompaction: true,
  };
}

export function pluginRunDialect(host: Host, plan: TurnPlan): Dialect {
  const { session } = plan;
  const { existed } = session;
  const prompt = (attempt: number) => (attempt === 1 ? plan.prompt : retryPrompt(plan.stored));
  return {
    bootstraps: (attempt) => existed || attempt > 1,
    history: (path) => {
      const own = path.findIndex((entry) => entry.turn === plan.id);
      return durableHistory(own < 0 ? path : path.slice(0, own));
    },
    prompt,
    live: prompt,
    storesUserAgain: false,
    firstAssemble: (attempt) => ({
      prompt: prompt(attempt),
      tokenBudget: reducedBudget(host, prompt(attempt)),
      availableTools: new Set(plan.tools.map((tool) => tool.name)),
      model: "mock-1",
      runtimeSettings: host.settings("normal"),
      runtimeContext: undefined as never,
    }),
    delivery: (ref) => ({
      sessionFile: ref.key,
      sessionTarget: host.target(session, ref, existed),
      runtimeSettings: host.settings("normal"),
    }),
    maintainLifecycle: existed,
    signalsAfterCompaction: false,
  };
}
