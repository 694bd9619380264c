// Counts in words, for every text that a person reads.

/** "1 step", "2 steps": a count with its noun, for nouns that take an s. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
