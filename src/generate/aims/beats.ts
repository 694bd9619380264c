// Short words for the steps of aims. A turn or tick made here is healthy unless the wish says otherwise: aims choose their own faults.

import type { ProviderAnswer, StepOf, ToolSpec } from "../../define/index.js";
import type { Author, Beat, Wish } from "../author.js";

/** `answers` stands for a scripted provider with these answers. */
type TurnWish = Omit<Wish<"turn">, "session"> & { answers?: readonly ProviderAnswer[] };
type TickWish = Omit<Wish<"tick">, "lane" | "isolated"> & { answers?: readonly ProviderAnswer[] };

const script = (answers: readonly ProviderAnswer[] = []) => ({ mode: "scripted" as const, answers: [...answers] });

const smallText = (author: Author) => ({
  form: author.draw.chance(author.habits.fact) ? ("fact" as const) : ("plain" as const),
  tokens: author.draw.int(8, 50),
});

/** A turn of a session, under a heartbeat lane's key, or an isolated cron run. */
export const turn =
  (session: string, { answers, ...wish }: TurnWish = {}): Beat =>
  (author) =>
    author.turn({ session, text: smallText(author), provider: script(answers), ...wish });

/** A turn that overflows `times` times (four: the recovery is exhausted). */
export const overflowing = (session: string, times: 1 | 2 | 3 | 4, wish: TurnWish = {}): Beat =>
  turn(session, { answers: Array.from({ length: times }, () => "overflow" as const), ...wish });

/** `count` turns alike. */
export const turns = (session: string, count: number, wish: TurnWish = {}): Beat[] =>
  Array.from({ length: count }, () => turn(session, wish));

/** A tick in a session of its own. */
export const isolatedTick =
  (lane: string, { answers, ...wish }: TickWish = {}): Beat =>
  (author) =>
    author.tick({ lane, isolated: true, provider: script(answers), ...wish });

/** A tick in the history of the lane's session. */
export const sharedTick =
  (lane: string, { answers, ...wish }: TickWish = {}): Beat =>
  (author) =>
    author.tick({ lane, isolated: false, provider: script(answers), ...wish });

/** A compaction by command, with a healthy summariser unless the wish names one. */
export const compact =
  (session: string, wish: Omit<Wish<"compact">, "session"> = {}): Beat =>
  (author) =>
    author.compact({ session, trigger: "manual", summariser: "healthy", ...wish });

export const reset =
  (session: string): Beat =>
  (author) =>
    author.reset({ session });
export const restart =
  (mode: "soft" | "hard" = "soft"): Beat =>
  (author) =>
    author.restart({ mode });
export const kill =
  (point: StepOf<"kill">["point"]): Beat =>
  (author) =>
    author.kill({ point });
export const late =
  (delivery: string, fault: "not-sent" | "answer-lost", attempts = 1): Beat =>
  (author) =>
    author.late({ delivery, fault, attempts });
export const repeat =
  (delivery: string): Beat =>
  (author) =>
    author.repeat({ delivery });
export const spawn =
  (parent: string, wish: Omit<Wish<"spawn">, "parent"> = {}): Beat =>
  (author) =>
    author.spawn({ parent, ...wish });
export const importHistory =
  (session: string, messages?: (author: Author) => StepOf<"import">["messages"]): Beat =>
  (author) =>
    author.importHistory(messages === undefined ? { session } : { session, messages: messages(author) });
export const damage =
  (session: string, fault: "truncated" | "missing"): Beat =>
  (author) =>
    author.damage({ session, fault });
export const clock =
  (byMs: number): Beat =>
  (author) =>
    author.clock({ byMs });
export const overlap =
  (...beats: Beat[]): Beat =>
  (author) =>
    author.overlap(beats);

/** One tool round. */
export const toolRound = (wish: Partial<ToolSpec> = {}): ToolSpec => ({
  name: "read_file",
  calls: 1,
  ids: "unique",
  argTokens: 6,
  resultTokens: 20,
  isError: false,
  ...wish,
});

/** A plain text of a given size. */
export const plain = (tokens: number) => ({ form: "plain" as const, tokens });
