// What a host record says was done to the gateway, as a closed union. Kinds are told apart by how their text begins, because
// recordings add remarks to it; a kind that is not known here stays "unknown" and is reported by name, never guessed.

import type { HostRecord } from "./trace.js";

export type Action =
  | { kind: "turn"; via: "rpc" | "chat" }
  | { kind: "plugin-run" }
  | { kind: "tick" }
  | { kind: "wake" }
  | { kind: "cron-add" }
  | { kind: "cron-run" }
  | { kind: "reset" }
  | { kind: "compact" }
  | { kind: "stop" }
  | { kind: "exited" }
  | { kind: "start" }
  | { kind: "abort" }
  | { kind: "end" }
  | { kind: "unknown" };

const KINDS: [RegExp, Action][] = [
  [/ end$/, { kind: "end" }],
  [/^turn\b/, { kind: "turn", via: "rpc" }],
  [/^(chat\.abort|sessions\.abort|agent\.abort|abort)\b/, { kind: "abort" }],
  [/^chat\.send\b/, { kind: "turn", via: "chat" }],
  [/^(recorder\.run|plugin run)\b/, { kind: "plugin-run" }],
  [/^heartbeat tick\b/, { kind: "tick" }],
  [/^wake\b/, { kind: "wake" }],
  [/^cron\.add\b/, { kind: "cron-add" }],
  [/^cron\.run\b/, { kind: "cron-run" }],
  [/^sessions\.reset\b/, { kind: "reset" }],
  [/^sessions\.compact\b/, { kind: "compact" }],
  [/^gateway (stop|kill)\b/, { kind: "stop" }],
  [/^gateway exited\b/, { kind: "exited" }],
  [/^gateway start\b/, { kind: "start" }],
];

export function actionOf(record: HostRecord): Action {
  return KINDS.find(([pattern]) => pattern.test(record.host))?.[1] ?? { kind: "unknown" };
}
