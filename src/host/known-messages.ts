// Messages that a play has seen before. Engines return equal copies of the same messages at every call; the record holds one object for
// all of them, so that whoever judges looks at each message once.

import { firstChange, jsonCopy } from "./clone.js";

export class KnownMessages {
  private readonly byLabel = new Map<string, object[]>();
  private readonly hostMade = new WeakSet<object>();

  /** Messages made by the host, which nobody changes. */
  add(messages: readonly object[]): void {
    for (const message of messages) {
      if (this.hostMade.has(message)) continue;
      this.hostMade.add(message);
      this.keep(labelOf(message), message);
    }
  }

  /** A known message that equals this one in every member, else a copy of it, known from now on. */
  of(message: unknown): unknown {
    if (message === null || typeof message !== "object" || Array.isArray(message)) return jsonCopy(message);
    try {
      const label = labelOf(message);
      const known = this.byLabel.get(label)?.find((one) => firstChange(one, message) === undefined);
      if (known !== undefined) return known;
      const copy = jsonCopy(message) as object;
      this.keep(label, copy);
      return copy;
    } catch {
      return jsonCopy(message); // a getter that throws
    }
  }

  /** A copy of what assemble answered; messages that are known are shared. */
  view(result: unknown): unknown {
    try {
      const { messages, ...rest } = result as { messages?: unknown };
      if (!Array.isArray(messages)) return jsonCopy(result);
      return { ...(jsonCopy(rest) as object), messages: Array.from(messages, (message) => this.of(message)) };
    } catch {
      return jsonCopy(result); // not an object, or a getter that throws
    }
  }

  private keep(label: string, message: object): void {
    const known = this.byLabel.get(label);
    if (known === undefined) this.byLabel.set(label, [message]);
    else known.push(message);
  }
}

/** Equal messages have equal labels. */
function labelOf(message: object): string {
  const { content } = message as { content?: unknown };
  const first: unknown = Array.isArray(content) ? content[0] : content;
  if (typeof first === "string") return first;
  const { text, id } = (first ?? {}) as { text?: unknown; id?: unknown };
  return typeof text === "string" ? text : typeof id === "string" ? id : "";
}
