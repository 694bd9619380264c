// Copies. What the host keeps must not change when an engine changes what it was given, and what an engine returned must not change
// after it was recorded: both cross here. Faster than structuredClone for the small JSON shapes that messages are.

/** A JSON-like deep copy: functions become "[function]", Sets arrays, cycles and depth beyond 40 a placeholder; getters that throw too. */
export function jsonCopy(value: unknown, depth = 0): unknown {
  if (value === null || typeof value !== "object") {
    if (typeof value === "function") return "[function]";
    if (typeof value === "symbol") return value.toString();
    return typeof value === "bigint" ? `${value}n` : value;
  }
  if (depth > 40) return "[too deep]";
  if (Array.isArray(value)) {
    const out: unknown[] = new Array(value.length);
    for (let i = 0; i < value.length; i++) out[i] = jsonCopy(value[i], depth + 1);
    return out;
  }
  if (value instanceof Set) return [...value].map((item) => jsonCopy(item, depth + 1));
  if (value instanceof Map) return [...value].map((item) => jsonCopy(item, depth + 1));
  if (value instanceof Error) return { name: value.name, message: value.message };
  const out: Record<string, unknown> = {};
  try {
    for (const key of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[key];
      if (inner !== undefined) out[key] = jsonCopy(inner, depth + 1);
    }
  } catch (error) {
    out["[unreadable]"] = saidBy(error);
  }
  return out;
}

/** What was thrown, which may itself throw when it is read. */
function saidBy(error: unknown): string {
  try {
    return String(error);
  } catch {
    return typeof error;
  }
}

/** A faithful copy of a host-made message or parameter for the engine. */
export function plainCopy<T>(value: T): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) out[key] = plainCopy((value as Record<string, unknown>)[key]);
  return out as T;
}

/** Where `now` differs from `before`, as a path; undefined when deep-equal. Called at every engine call: no path is built while all is equal. */
export function firstChange(before: unknown, now: unknown, name = ""): string | undefined {
  const inside = changeIn(before, now);
  if (inside === undefined) return undefined;
  const path = name === "" && inside.startsWith(".") ? inside.slice(1) : `${name}${inside}`;
  return path === "" ? "(itself)" : path;
}

/** The path below the value that differs: "" for the value itself. */
function changeIn(before: unknown, now: unknown): string | undefined {
  if (before === now || (Number.isNaN(before) && Number.isNaN(now))) return undefined;
  if (before === null || now === null || typeof before !== "object" || typeof now !== "object") return "";
  if (Array.isArray(before) !== Array.isArray(now)) return "";
  if (Array.isArray(before) && Array.isArray(now)) {
    if (before.length !== now.length) return ".length";
    for (let i = 0; i < before.length; i++) {
      const change = changeIn(before[i], now[i]);
      if (change !== undefined) return `[${i}]${change}`;
    }
    return undefined;
  }
  const a = before as Record<string, unknown>;
  const b = now as Record<string, unknown>;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return " (its keys)";
  for (const key of keys) {
    if (!(key in b)) return `.${key}`;
    const change = changeIn(a[key], b[key]);
    if (change !== undefined) return `.${key}${change}`;
  }
  return undefined;
}
