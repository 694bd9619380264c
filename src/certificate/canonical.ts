// One text for one value: JSON with sorted member names and nothing between the parts, and its SHA-256.

import { createHash } from "node:crypto";

/** Members that are undefined are left out, as JSON does. Throws for a value that JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).sort();
    const members = names.flatMap((name) => {
      const member = (value as Record<string, unknown>)[name];
      return member === undefined ? [] : [`${JSON.stringify(name)}:${canonicalJson(member)}`];
    });
    return `{${members.join(",")}}`;
  }
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new Error(`no JSON for a ${typeof value}`);
  return text;
}

/** 64 hexadecimal digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
