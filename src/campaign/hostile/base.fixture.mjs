// The conforming engine under every hostile one: it hands messages through and remembers advancement keys. `hostile` lets one method do
// its deed before it answers, as soon as a session has something behind it, so that the smallest case has two steps.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

function isNew(folder, { sessionKey = "", sessionId, advancementKey }) {
  const file = join(folder, createHash("sha256").update(`${sessionKey}\n${sessionId}`).digest("hex"));
  if (existsSync(file) && readFileSync(file, "utf8").split("\n").includes(advancementKey)) return false;
  mkdirSync(folder, { recursive: true });
  appendFileSync(file, `\n${advancementKey}`);
  return true;
}

export function peaceful({ agentDir }) {
  const folder = join(agentDir, "peaceful");
  return {
    info: {
      id: "hostile",
      name: "Hostile engine",
      transcriptSemantics: {
        currentTurnFence: "before-current-turn-entry-v1",
        turnAdvancementIdempotency: "atomic-idempotent-v1",
      },
    },
    assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
    commitTurn: async (params) => ({ status: isNew(folder, params) ? "committed" : "duplicate" }),
    afterTurn: async () => {},
    ingest: async () => ({ ingested: false }),
    compact: async () => ({ ok: true, compacted: false, reason: "the history is the host's" }),
    dispose: async () => {},
  };
}

/** Holds in the second turn of a session, not in its first. */
const later = (params) => (params?.messages?.length ?? 9) > 1;

/** `deed` gets the call's parameters and the factory's context; what it returns, if anything, is the call's answer. */
export function hostile(method, deed, when = later) {
  return (context) => {
    const engine = peaceful(context);
    const answer = engine[method];
    engine[method] = (params) => {
      const own = when(params) ? deed(params, context) : undefined;
      return own === undefined ? answer(params) : own;
    };
    return engine;
  };
}
