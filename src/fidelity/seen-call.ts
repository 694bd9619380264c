// One engine call as the comparison sees it, whichever side it comes from. What a trace leaves out is left out here, too.

/** A message: its role and a text of which only equality counts. */
export interface SeenMessage {
  role: string;
  text: string;
}

export type FileState = "absent" | "empty" | "header only" | number;

export interface SeenCall {
  method: string;
  /** Instance and process. */
  engine: string;
  /** Names of the parameters, sorted. */
  names: string[];
  session?: string;
  key?: string;
  parentKey?: string;
  childKey?: string;
  /** expectedLifecycleRevision; absent and null are one, and compact's is not compared (documentation and recordings differ). */
  lifecycle?: string;
  advancementKey?: string;
  messages?: SeenMessage[];
  prompt?: string;
  budget?: "window" | "below window";
  isHeartbeat?: boolean;
  prePromptMessageCount?: number;
  force?: boolean;
  compactionTarget?: string;
  trigger?: string;
  currentTokenCount?: number;
  /** Undefined where the recorder did not look. */
  file?: FileState;
  outcome: SeenOutcome;
}

export interface SeenOutcome {
  threw: boolean;
  /** assemble */
  messages?: SeenMessage[];
  /** compact */
  successor?: string;
  /** What else was answered: bootstrapped, changed, status, ok, compacted, counts. */
  answer: Record<string, boolean | number | string>;
}

/** Fields of results that are compared. */
const ANSWERS = ["bootstrapped", "changed", "status", "ok", "compacted", "ingested", "ingestedCount"];

export function answerOf(result: unknown): SeenOutcome["answer"] {
  if (typeof result !== "object" || result === null) return {};
  const entries = Object.entries(result).filter(
    ([name, value]) => ANSWERS.includes(name) && ["boolean", "number", "string"].includes(typeof value),
  );
  return Object.fromEntries(entries) as SeenOutcome["answer"];
}

export const budgetOf = (tokens: number, window: number): "window" | "below window" =>
  tokens >= window ? "window" : "below window";

/** Copies the named scalars of both sides' objects that are there; null counts as absent. */
export function scalarsOf(source: Record<string, unknown>): Partial<SeenCall> {
  const names = ["isHeartbeat", "prePromptMessageCount", "force", "compactionTarget", "trigger", "currentTokenCount"];
  return Object.fromEntries(
    names.flatMap((name) => (source[name] === undefined || source[name] === null ? [] : [[name, source[name]]])),
  );
}
