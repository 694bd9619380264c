// How large the texts of a recorded scenario were, so that the host's own limits are met where they were met.
// Sizes steer nothing else: what texts say is never compared, only which are equal.

import type { Section } from "./sections.js";
import type { TraceMessage } from "./trace.js";

/** About four characters a token, at least one. */
export const tokensOf = (message: { length?: number | undefined } | undefined): number =>
  Math.max(1, Math.ceil((message?.length ?? 40) / 4));

/** Remembers which texts earlier sections showed. */
export class TextBook {
  readonly #seen = new Set<string>();
  readonly #taken = new Map<Section, TraceMessage[]>();

  /** Messages whose text no earlier section showed, in order of appearance. Asked again, the same section gets the same answer. */
  takeNew(section: Section): TraceMessage[] {
    const known = this.#taken.get(section);
    if (known !== undefined) return known;
    const fresh: TraceMessage[] = [];
    for (const call of section.calls) {
      for (const message of [...(call.messages ?? []), ...(call.message === undefined ? [] : [call.message])]) {
        if (this.#seen.has(message.text)) continue;
        this.#seen.add(message.text);
        fresh.push(message);
      }
    }
    this.#taken.set(section, fresh);
    return fresh;
  }
}
