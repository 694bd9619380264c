// The fake model of a turn. It never repeats what it was shown: its replies, tool arguments and tool results carry canaries of their own.

import type { AssistantMessage, Message, ProviderEvent, SessionRef, ToolResultMessage } from "../define/index.js";
import { sizeOf, sizeOfText } from "../judge/size.js";
import type { Host } from "./host.js";
import { assistantCalls, assistantText, rolesOf, toolResult } from "./messages.js";
import { plantText } from "./texts.js";
import { DEFAULT_USAGE_TOKENS, type TurnPlan, turnRef } from "./turn-plan.js";

export type ModelAnswer =
  /** unseen: nothing in it that a user could see, and the host asks once more. */
  | { kind: "ok"; message: AssistantMessage; unseen: boolean }
  | { kind: "tool"; message: AssistantMessage; results: ToolResultMessage[]; round: number }
  | { kind: "overflow"; namedTokens: number | undefined }
  | { kind: "error" | "abort"; message: string };

export class FakeModel {
  private calls = 0;
  private rounds = 0;
  private made = 0;
  private oks = 0;

  constructor(
    private readonly host: Host,
    private readonly plan: TurnPlan,
  ) {}

  /** Roles and size are taken over what is really sent: the view and, apart from it, the prompt. */
  answer(sent: readonly { role?: unknown }[], prompt: string | undefined, session: SessionRef, attempt: number): ModelAnswer {
    const answer = this.decide(sent, prompt);
    const { provider } = this.plan;
    const limitTokens = provider.mode === "by-size" ? (provider.limitTokens ?? this.host.window) : undefined;
    this.host.recorder.add({
      kind: "provider",
      session,
      turn: turnRef(this.plan, attempt),
      roles: [...rolesOf(sent), ...(prompt !== undefined ? ["user"] : [])],
      sizeTokens: this.host.recorder.on ? this.size(sent, prompt) : 0,
      ...(limitTokens !== undefined ? { limitTokens } : {}),
      answer: answer.kind,
      ...(answer.kind === "ok" ? { usageTokens: this.plan.usageTokens } : {}),
    } satisfies Omit<ProviderEvent, "i" | "step">);
    return answer;
  }

  private size(sent: readonly unknown[], prompt: string | undefined): number {
    return sizeOf(sent) + (prompt !== undefined ? sizeOfText(prompt) + 4 : 0);
  }

  private decide(sent: readonly unknown[], prompt: string | undefined): ModelAnswer {
    const { provider, tools } = this.plan;
    const n = this.calls++;
    if (provider.mode === "by-size") {
      const size = this.size(sent, prompt);
      if (size > (provider.limitTokens ?? this.host.window)) return { kind: "overflow", namedTokens: size };
      return this.rounds < tools.length ? this.tool() : this.ok();
    }
    const scripted = provider.answers[n] ?? (this.rounds < tools.length ? "tool" : "ok");
    switch (scripted) {
      case "ok":
        return this.ok();
      case "tool":
        return this.rounds < tools.length ? this.tool() : this.ok();
      case "overflow":
        return { kind: "overflow", namedTokens: this.host.namedTokens() };
      case "error":
        return { kind: "error", message: "400 invalid request" };
      case "abort":
        return { kind: "abort", message: "The run was aborted" };
    }
  }

  /** Campaigns are kinder than the recorded hosts: an answer without words ends a turn like any other. */
  private ok(): ModelAnswer {
    const { plan, host } = this;
    const before = this.oks++ === 0 ? host.world?.askedAgain[plan.stepId] : undefined;
    const message = assistantText(before ?? plan.reply.text, this.at(), plan.usageTokens);
    return { kind: "ok", message, unseen: before !== undefined };
  }

  private tool(): ModelAnswer {
    const { plan, host } = this;
    const round = this.rounds++;
    const spec = plan.tools[round];
    if (!spec) return this.ok();
    const ref = host.ref(plan.session, plan.kind, "assemble-again");
    const calls = Array.from({ length: spec.calls }, (_, c) => {
      const args = plantText({ form: "plain", tokens: spec.argTokens }, host.theCase.seed, plan.id, `tool-args/${round}/${c}`);
      host.recorder.plant(args.canary, "tool-args", ref, turnRef(plan, 1));
      const id = spec.ids === "reused" ? `call_${c}|fc_${c}` : `call_${host.entryId(plan.id, `call/${round}/${c}`)}|fc_${round}`;
      return { id, name: spec.name, arguments: { query: args.text } };
    });
    const message = assistantCalls(calls, this.at(), DEFAULT_USAGE_TOKENS);
    const results = calls.map((call, c) => {
      const text = this.resultText(spec.resultTokens, `${round}/${c}`);
      host.recorder.plant(text.canary, "tool-result", ref, turnRef(plan, 1));
      return toolResult(call, text.text, spec.isError, this.at());
    });
    return { kind: "tool", message, results, round };
  }

  private resultText(tokens: number, place: string) {
    const { plan, host } = this;
    const same = host.world?.sameResult[`${plan.stepId}/${place}`];
    const [id, at] = same === undefined ? [plan.id, place] : [same.split("/")[0] ?? plan.id, same.slice(same.indexOf("/") + 1)];
    return plantText({ form: "plain", tokens }, host.theCase.seed, id, `tool-result/${at}`);
  }

  private at(): number {
    return this.plan.atMs + 10 + this.made++;
  }
}

export type { Message };
