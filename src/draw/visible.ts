// Text of an engine made harmless to the eye: what would be invisible or would turn the reading direction around is shown as its number.
// Escaping for a format (HTML, XML, Markdown) comes after it and is the format's own.

/** Control characters but for tab and line feed, marks that steer the reading direction, lone surrogates, what XML forbids. */
const UNSEEN = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu;

/** "a\u202eb" → "a⟨U+202E⟩b". Line ends become line feeds. */
export function visible(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(UNSEEN, (one) => `⟨U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

/** Every string in a value of plain objects and lists, made visible; what is neither stays itself. */
export function allVisible<T>(value: T): T {
  if (typeof value === "string") return visible(value) as T;
  if (Array.isArray(value)) return value.map(allVisible) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [visible(name), allVisible(inner)])) as T;
}

/** A line that begins with "::" is a command to some CI servers: it gets a bar before it. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*)::/gm, "$1| ::");
}

/** On one line, and no longer than `limit` characters. */
export function oneLine(text: string, limit = Number.POSITIVE_INFINITY): string {
  const flat = visible(text.length > limit * 4 ? text.slice(0, limit * 4) : text)
    .replace(/\s+/g, " ")
    .trim();
  return flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat;
}

/** At most `limit` characters, saying how many there are. */
export function cutText(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}… (cut: ${text.length} characters in all)` : text;
}
