// The smallest engine that conforms: every message goes through as it came, nothing is compacted, and nothing of the conversation is kept.
// A durable host wants to know whether it has sent a turn before, so the advancement keys are remembered, and only they.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as define from "../src/define/index.js";

/** One file of advancement keys per session, a key a line. The line break comes first: a line torn by a crash spoils no other. */
function isNew(folder: string, { sessionKey = "", sessionId, advancementKey }: define.CommitTurnParams): boolean {
  const name = createHash("sha256")
    .update(JSON.stringify([sessionKey, sessionId]))
    .digest("hex");
  const file = join(folder, name);
  if (existsSync(file) && readFileSync(file, "utf8").split("\n").includes(advancementKey)) return false;
  mkdirSync(folder, { recursive: true });
  appendFileSync(file, `\n${advancementKey}`);
  return true;
}

const semantics = { currentTurnFence: "before-current-turn-entry-v1", turnAdvancementIdempotency: "atomic-idempotent-v1" };

export default {
  name: "pass-through",
  factory({ agentDir = join(tmpdir(), `ctxspec-${process.pid}`) }) {
    const folder = join(agentDir, "pass-through");
    return {
      info: { id: "pass-through", name: "Pass-through engine", transcriptSemantics: { ...semantics } },
      assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
      commitTurn: async (params) => ({ status: isNew(folder, params) ? "committed" : "duplicate" }),
      afterTurn: async () => {},
      ingest: async () => ({ ingested: false }),
      compact: async () => ({ ok: true, compacted: false, reason: "the history is the host's" }),
    };
  },
} satisfies define.EngineAdapter;
