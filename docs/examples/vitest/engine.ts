// The smallest engine that conforms: it hands back what the host supplied, and leaves compaction to the host.
import type { ContextEngine, FactoryContext } from "ctxspec";

export default function createMyEngine(_context: FactoryContext): ContextEngine {
  return {
    info: { id: "my-engine", name: "My engine", version: "1.0.0" },
    ingest: async () => ({ ingested: false }),
    assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
    compact: async () => ({ ok: true, compacted: false, reason: "the host compacts" }),
  };
}
