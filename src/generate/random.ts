// The generator's only source of chance: a small counter-free stream seeded by a text, so that a case depends on nothing but its name.
// Own code instead of fast-check's, because a case must stay the same when the library's sampling changes. Not for cryptography.

/** Mixes a text into `count` unsigned 32-bit words. */
function wordsOf(text: string, count: number): number[] {
  const words: number[] = [];
  for (let salt = 1; salt <= count; salt++) {
    let hash = Math.imul(salt, 0x9e3779b1) >>> 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
    words.push((hash ^ (hash >>> 16)) >>> 0);
  }
  return words;
}

/** A list with weights; entries of weight 0 are never drawn. */
export type Weighted<T> = readonly (readonly [value: T, weight: number])[];

/** Draws numbers, choices and orders. Two draws made from the same text give the same sequence. */
export class Draw {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    const [a = 1, b = 2, c = 3, d = 4] = wordsOf(name, 4);
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    for (let i = 0; i < 12; i++) this.word();
  }

  /** An unsigned 32-bit word (three-word chaotic mix with a counter). */
  word(): number {
    const sum = (this.#a + this.#b + this.#d) >>> 0;
    this.#d = (this.#d + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** A whole number from `min` to `max`, both included; the span must be below 2^32. */
  int(min: number, max: number): number {
    return min + Math.floor((this.word() / 4_294_967_296) * (max - min + 1));
  }

  /** True with probability `rate`. */
  chance(rate: number): boolean {
    return this.word() < rate * 4_294_967_296;
  }

  /** One entry of a list; throws on an empty one. */
  pick<T>(list: readonly T[]): T {
    const value = list[this.int(0, list.length - 1)];
    if (value === undefined) throw new Error("Draw.pick: the list is empty");
    return value;
  }

  /** One value by weight; throws when all weights are 0. */
  weighted<T>(choices: Weighted<T>): T {
    let total = 0;
    for (const [, weight] of choices) total += weight;
    let point = (this.word() / 4_294_967_296) * total;
    for (const [value, weight] of choices) {
      if (weight <= 0) continue;
      point -= weight;
      if (point < 0) return value;
    }
    const last = choices.filter(([, weight]) => weight > 0).at(-1);
    if (last === undefined) throw new Error("Draw.weighted: no choice has a weight");
    return last[0];
  }

  /** A new list in a random order. */
  shuffle<T>(list: readonly T[]): T[] {
    const keyed = list.map((value) => ({ value, order: this.word() }));
    return keyed.sort((x, y) => x.order - y.order).map(({ value }) => value);
  }
}
