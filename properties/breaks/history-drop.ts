// A broken engine that loses part of what is delivered. A dropped message is also hidden from the view, because engines that fall back to
// the host's messages would otherwise show it nevertheless.

import type {
  AfterTurnParams,
  AnyMessage,
  AssembleParams,
  CommitTurnParams,
  Message,
  SessionParams,
} from "../../src/define/index.js";
import { assembleWith, fingerprint, sessionName, type Tools, type Wrap, withMethods } from "./history-wraps.js";

/** `keep` gives what is stored of a delivery. One copy of everything else disappears from later views of the session. */
export function deliveringOnly(keep: (messages: Message[], params: SessionParams, tools: Tools) => Message[]): Wrap {
  return withMethods((engine, tools) => {
    const { disk } = tools;
    const drop = (params: SessionParams, messages: Message[]) => {
      const kept = new Set(keep(messages, params, tools));
      const name = `dropped ${sessionName(params)}`;
      disk.write(name, [...disk.read<string[]>(name, []), ...messages.filter((message) => !kept.has(message)).map(fingerprint)]);
    };
    return {
      assemble: (params: AssembleParams) =>
        assembleWith(engine, params, (messages) => without(messages, disk.read<string[]>(`dropped ${sessionName(params)}`, []))),
      ...(engine.commitTurn && {
        commitTurn: async (params: CommitTurnParams) => {
          const result = await engine.commitTurn?.(params);
          if (result?.status === "committed") drop(params, params.messages);
          return result;
        },
      }),
      ...(engine.afterTurn && {
        afterTurn: async (params: AfterTurnParams) => {
          drop(params, params.messages.slice(params.prePromptMessageCount));
          await engine.afterTurn?.(params);
        },
      }),
    };
  });
}

/** The list without the newest copy of each dropped message. */
function without(messages: AnyMessage[], dropped: string[]): AnyMessage[] {
  const left = [...messages];
  for (const gone of dropped) {
    const at = left.findLastIndex((message) => fingerprint(message) === gone);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
