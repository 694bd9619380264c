// What was true around a recorded scenario that a case cannot say: the state of the gateway before it, and what its user did that is no step kind.
// Plain data, used only when a recording is played again; a generated case never has one. Everything a mechanism decides stays out of it.

/** Every list names step ids or aliases of the case it goes with; an empty list means "none". */
export interface HostWorld {
  /** Session and lane aliases that had an entry in the session store before the first step (with content that a reset at the head removed). */
  existing: string[];
  /**
   * The gateway process of the first step had just started: no heartbeat tick had run in it.
   * Releases that register plugins again at the first tick of a process (2026.5) lift a quarantine there, and only there.
   */
  freshProcess: boolean;
  /** The key that wakes without a key of their own go by: `heartbeat.session`, or the main session's. */
  configured: string;
  /** Ticks had sessions of their own. Where they had none, a key ending in `:heartbeat` is a session's like any other. */
  isolatesTicks: boolean;
  /** Steps the real host refused (30 s spacing, flood guard, fixed answers): nothing of them reaches engine, transcript or provider. */
  refused: string[];
  /** `turn` steps that a plugin started itself: classic order with durable parameters, `isHeartbeat: false`. */
  pluginRuns: string[];
  /** `compact` steps asked for by a command in a chat: the command's text stays in the transcript as an unanswered user entry. */
  commandCompacts: string[];
  /** Steps whose acknowledgement was the word for saying nothing, not the heartbeat's own. */
  silent: string[];
  /** `reset` steps asked for by a command in a chat: the new conversation begins with the command's text. */
  commandResets: string[];
  /** `reset` steps by a chat command that goes on as a message: classic hosts make no file before that message's turn. */
  talkingResets: string[];
  /** Tokens that the compaction ahead of a turn was told: what the turn before it reported, and what came since. */
  preflightTokens: Record<string, number>;
  /** Turns whose reply has the very text of an earlier step's reply: step → that step. */
  sameReply: Record<string, string>;
  /** Tool results with the very text of an earlier one: "<step>/<round>/<call>" → that one, counted from 0. */
  sameResult: Record<string, string>;
  /** Steps whose model first answered with nothing that a user could see: step → that answer. The host asked once more. */
  askedAgain: Record<string, "" | "NO_REPLY">;
  /** Tokens that the provider's overflow errors name, one after the other; null: it names none. */
  overflowTokens: (number | null)[];
}
