// What passes between the host and an engine in a process of its own. Structured clone carries the data (Sets and undefined included);
// functions and abort signals cross as names.

import { thrownData } from "../thrown.js";

export type ToEngine =
  | { op: "factory"; id: number; context: unknown; nowMs: number }
  | { op: "call"; id: number; instance: number; method: string; params: unknown; nowMs: number; killAtWrite: number }
  | { op: "handle"; id: number; handle: number; nowMs: number }
  | { op: "settle"; id: number; limitMs: number }
  | { op: "residue"; id: number }
  | { op: "answer"; callback: number; nowMs: number; ok: boolean; value: unknown }
  | { op: "abort"; signal: number }
  | { op: "close" };

export type FromEngine =
  | { op: "ready" }
  /** byEngine: it could not be loaded; else ctxspec itself failed. */
  | { op: "failed"; message: string; byEngine: boolean }
  | { op: "result"; id: number; ok: true; value: unknown; writes: number }
  | { op: "result"; id: number; ok: false; error: ErrorData; writes: number }
  | { op: "callback"; callback: number; name: string; args: unknown[]; hasSignal: boolean }
  | { op: "callback-abort"; callback: number };

export interface ErrorData {
  name: string;
  message: string;
  isError: boolean;
}

/** What a factory's instance looks like from outside. */
export interface RemoteInstance {
  instance: number;
  info: unknown;
  methods: string[];
}

export const errorData = (error: unknown): ErrorData => thrownData(error);

export function errorFrom(data: ErrorData): unknown {
  if (!data.isError) return data.message;
  const error = new Error(data.message);
  error.name = data.name;
  return error;
}

/** Replaces functions and signals, at any depth, by what `name` makes of them. */
export function encode(value: unknown, name: (value: unknown) => unknown, depth = 0): unknown {
  if (typeof value === "function" || value instanceof AbortSignal) return name(value);
  if (value === null || typeof value !== "object" || value instanceof Set || depth > 30) return value;
  if (Array.isArray(value)) return value.map((item) => encode(item, name, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, encode(inner, name, depth + 1)]));
}

/** The other way: `$function` and `$signal` objects become what `make` makes of them. */
export function decode(value: unknown, make: (mark: { $function?: string; $signal?: number }) => unknown, depth = 0): unknown {
  if (value === null || typeof value !== "object" || value instanceof Set || depth > 30) return value;
  if (Array.isArray(value)) return value.map((item) => decode(item, make, depth + 1));
  if ("$function" in value || "$signal" in value) return make(value as { $function?: string; $signal?: number });
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, decode(inner, make, depth + 1)]));
}
