// Broken engines that write a prompt down before its turn is accepted.

import type { AnyMessage, AssembleParams, CommitTurnParams, SessionParams } from "../../src/define/index.js";
import { sessionName, type Wrap, withMethods } from "./history-wraps.js";

/** The prompt is the key's pending user message until any commit takes it away; pending messages are shown after the others. */
export function pendingPrompt(): Wrap {
  return withMethods((engine, { disk }) => {
    const nameOf = (params: SessionParams) => `pending ${params.sessionKey ?? params.sessionId}`;
    return {
      assemble: async (params: AssembleParams) => {
        const result = await engine.assemble(params);
        const now = { role: "user", content: params.prompt ?? "", timestamp: 0 };
        const others = disk.read<AnyMessage[]>(nameOf(params), []).filter((message) => message.content !== now.content);
        disk.write(nameOf(params), [...others, now]);
        return { ...result, messages: [...result.messages, ...others] };
      },
      commitTurn: async (params: CommitTurnParams) => {
        disk.write(nameOf(params), []);
        return engine.commitTurn?.(params);
      },
    };
  });
}

interface Task {
  session: string;
  prompt: string;
}

/** Prompts without a commit of their own are noted per agent and told to every other session of it. */
export function openTasks(): Wrap {
  return withMethods((engine, { disk }) => {
    let mine = "";
    return {
      assemble: async (params: AssembleParams) => {
        const result = await engine.assemble(params);
        const session = sessionName(params);
        mine = params.prompt ?? "";
        const others = disk.read<Task[]>("open", []).filter((task) => task.prompt !== mine);
        disk.write("open", [...others, { session, prompt: mine }]);
        const told = others.filter((task) => task.session !== session).map((task) => task.prompt);
        const note = told.length === 0 ? "" : `Open requests:\n${told.join("\n")}`;
        return { ...result, systemPromptAddition: `${result.systemPromptAddition ?? ""}${note}` };
      },
      commitTurn: async (params: CommitTurnParams) => {
        disk.write(
          "open",
          disk.read<Task[]>("open", []).filter((task) => task.prompt !== mine),
        );
        return engine.commitTurn?.(params);
      },
    };
  });
}
