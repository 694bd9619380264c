// Keys that are different to a host and easily the same to an engine: by case, Unicode form, file name, SQL pattern, length or prefix.

/** Lengths at which stores are known to cut names. */
const CUTS = [32, 48, 64, 100, 120, 128, 200, 250, 255];

/** Letters and digits stay, everything else becomes one `_` a character: what a key turns into as a file name. */
const asFileName = (key: string) => key.replace(/[^\p{L}\p{N}]/gu, "_");
/** The same, with what is no letter or digit left out. */
const bare = (key: string) => key.replace(/[^\p{L}\p{N}]/gu, "");

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** The key read as an SQL LIKE pattern. */
function matchesLike(pattern: string, key: string): boolean {
  if (!/[_%]/.test(pattern)) return false;
  const escaped = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/_/g, ".")
    .replace(/%/g, ".*");
  return new RegExp(`^${escaped}$`, "su").test(key);
}

/** How two different keys may be mistaken for one another; undefined when they are equal or plainly different. */
export function lookAlike(a: string, b: string): string | undefined {
  if (a === b) return undefined;
  if (a.normalize("NFC") === b.normalize("NFC")) return "composed and decomposed forms of one text";
  if (a.toLowerCase() === b.toLowerCase()) return "they differ in case only";
  if (a.replace(/\s+/g, "") === b.replace(/\s+/g, "")) return "they differ in spaces only";
  if (asFileName(a) === asFileName(b)) return "they make the same file name";
  if (bare(a) === bare(b)) return "they differ in punctuation only";
  if (decoded(a) === b || decoded(b) === a || decoded(a) === decoded(b))
    return "they are the same once percent signs are decoded";
  if (matchesLike(a, b) || matchesLike(b, a)) return "one matches the other as an SQL pattern";
  if (a.startsWith(b) || b.startsWith(a)) return "one begins with the other";
  const cut = CUTS.findLast((length) => a.length > length && b.length > length && a.slice(0, length) === b.slice(0, length));
  return cut === undefined ? undefined : `they are the same in the first ${cut} characters`;
}
