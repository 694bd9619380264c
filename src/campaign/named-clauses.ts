// The clauses an engine's author names: claims that bind, and excuses. A misspelt one would bind and excuse nobody without a word.

import { CtxspecError, type EngineAdapter } from "../define/index.js";
import { clauseIds } from "../discover.js";
import { didYouMean } from "../load/nearest.js";

/** The part of compact-atomic that binds only who claims it. */
const LOSSLESS = "compact-lossless";

/** Throws engine-adapter. `where` is a file or a name. */
export function refuseUnknownClauses({ claims = [], excuses = [] }: EngineAdapter, where: string): void {
  const ids = clauseIds();
  const claimable = [...ids, LOSSLESS];
  const refuse = (what: string, id: string, known: readonly string[]): never => {
    const message = `the adapter in ${where} ${what} "${id}", and there is no clause of that name`;
    throw new CtxspecError("engine-adapter", message, `${didYouMean(id, known)}ctxspec list clauses shows all of them`);
  };
  for (const id of claims) if (!claimable.includes(id)) refuse("claims", id, claimable);
  for (const { clause } of excuses) if (!ids.includes(clause)) refuse("excuses", clause, ids);
}
