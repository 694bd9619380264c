// The engine under test as clauses see it, made from what it declared and what its author says. No behaviour of the engine is touched.

import { type Declared, type EngineAdapter, PROFILES, type ProfileId, type Subject } from "../define/index.js";

/** Clause that `ownsCompaction: true` claims. */
const CLAIMED_BY_OWNERS = "compact-effective";

export type AuthorSays = Pick<
  EngineAdapter,
  "claims" | "recall" | "isRecalled" | "keepsAcrossReset" | "protectedTailMessages" | "excuses"
>;

/** Clause ids the engine claims, sorted. */
export function claimsOf(declared: Declared, claims: string[] | undefined): string[] {
  const all = new Set(claims ?? []);
  if (declared.info.ownsCompaction === true) all.add(CLAIMED_BY_OWNERS);
  return [...all].sort();
}

/** `registeredAs`: id under which a plugin registered the engine. */
export function subjectOf(declared: Declared, author: AuthorSays, host: ProfileId, registeredAs?: string): Subject {
  const { recall, isRecalled, keepsAcrossReset, protectedTailMessages, excuses } = author;
  return {
    profile: PROFILES[host],
    info: declared.info,
    ...(registeredAs === undefined ? {} : { registeredAs }),
    methods: declared.methods,
    claims: claimsOf(declared, author.claims),
    adapter: {
      ...(recall === undefined ? {} : { recall }),
      ...(isRecalled === undefined ? {} : { isRecalled }),
      ...(keepsAcrossReset === undefined ? {} : { keepsAcrossReset }),
      ...(protectedTailMessages === undefined ? {} : { protectedTailMessages }),
      ...(excuses === undefined ? {} : { excuses }),
    },
  };
}
