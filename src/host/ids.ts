// Ids, keys and canaries derived from (case seed, step id, ordinal). Never from a position or a global counter:
// removing a step must change no other step's ids.

/** 64 bits of a string as two unsigned 32-bit numbers (cyrb53 family mixing). */
export function hash64(text: string): [number, number] {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, 2654435761);
    h2 = Math.imul(h2 ^ c, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  return [h1 >>> 0, h2 >>> 0];
}

const hex8 = (n: number) => n.toString(16).padStart(8, "0");

/** 32 hex digits for one (seed, step, what). */
function digits(seed: number, step: string, what: string): string {
  const [a, b] = hash64(`${seed}\u0000${step}\u0000${what}`);
  const [c, d] = hash64(`${b}\u0001${what}\u0001${step}\u0001${seed}`);
  return hex8(a) + hex8(b) + hex8(c) + hex8(d);
}

/** An id in the form of a UUID. */
export function uuidFor(seed: number, step: string, what: string): string {
  const d = digits(seed, step, what);
  return `${d.slice(0, 8)}-${d.slice(8, 12)}-4${d.slice(13, 16)}-a${d.slice(17, 20)}-${d.slice(20, 32)}`;
}

/** Eight hex digits: the id of a transcript entry. */
export function entryIdFor(seed: number, step: string, what: string): string {
  return digits(seed, step, what).slice(0, 8);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** A canary: twelve of [A-Z0-9], at least one letter first, so that no number can be taken for one. */
export function canaryFor(seed: number, step: string, what: string): string {
  let out = "";
  for (let round = 0; out.length < 12; round++) {
    let [a, b] = hash64(`${what}|${seed}|${round}|${step}`);
    for (let i = 0; i < 6 && out.length < 12; i++) {
      const n = i % 2 === 0 ? a : b;
      const size = out.length === 0 ? 26 : 36;
      out += ALPHABET[n % size];
      if (i % 2 === 0) a = Math.floor(a / 36);
      else b = Math.floor(b / 36);
    }
  }
  return out;
}
