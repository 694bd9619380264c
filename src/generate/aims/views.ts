// Aims at single views: every kind of input, tool exchanges under a small budget, a second assemble in one turn, sizes and estimates.

import type { StepOf, TextSpec } from "../../define/index.js";
import { A, type Aim, B } from "./aim.js";
import { compact, importHistory, overflowing, plain, restart, toolRound, turn, turns } from "./beats.js";

type Imported = StepOf<"import">["messages"];
const of = (role: Imported[number]["role"], text: TextSpec = plain(14)) => ({ role, text });
const EMPTY: TextSpec = { form: "empty", tokens: 0 };

/** An assistant first, empty, failed, custom and summary messages, tools, and two users in a row. */
const EVERY_KIND: Imported = [
  of("assistant"),
  of("user"),
  of("tool"),
  of("assistant"),
  of("user", EMPTY),
  of("failed"),
  of("custom"),
  of("summary"),
  of("user"),
  of("user", { form: "cjk", tokens: 20 }),
  of("assistant", EMPTY),
  of("user", { form: "emoji", tokens: 20 }),
  of("assistant"),
];

export const VIEW_AIMS: readonly Aim[] = [
  {
    name: "a history of every kind of message",
    lifecycle: "any",
    clauses: ["assemble-well-formed", "contract-input-pure", "assemble-tool-pairs"],
    needs: { window: "ample" },
    focus: [A],
    lead: 0,
    beats: (draw) => [
      importHistory(A, () => {
        const kinds = [...EVERY_KIND, of(draw.pick(["tool-early", "tool-late", "tool-crossed"])), of("user")];
        return draw.chance(0.5) ? kinds : draw.shuffle(kinds);
      }),
      turn(A),
      turn(A),
      turn(A),
    ],
  },
  {
    name: "imported tool results before their call or torn from it",
    lifecycle: "any",
    clauses: ["assemble-tool-pairs"],
    needs: { window: "ample" },
    focus: [A],
    lead: 0,
    beats: (draw) => [
      importHistory(A, () => [
        of("user"),
        of(draw.pick(["tool-early", "tool-late", "tool-crossed"])),
        of("assistant"),
        of("user"),
        of(draw.pick(["tool-early", "tool-late"])),
      ]),
      turn(A),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "empty texts, empty replies and first turns",
    lifecycle: "any",
    clauses: ["assemble-well-formed", "contract-results"],
    needs: { sessions: 2 },
    focus: [A, B],
    lead: 0,
    beats: () => [
      turn(A, { text: EMPTY }),
      turn(A, { reply: "empty" }),
      turn(A),
      turn(B, { answers: ["error"] }),
      turn(B),
      turn(A, { reply: "ack" }),
      turn(A),
    ],
  },
  {
    name: "tool exchanges that no longer fit",
    lifecycle: "any",
    clauses: ["assemble-tool-pairs", "assemble-budget"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    beats: () => [
      ...turns(A, 4, { tools: [toolRound({ resultTokens: 260 }), toolRound({ name: "search", calls: 2, resultTokens: 120 })] }),
      turn(A, { provider: { mode: "by-size" } }),
      turn(A, { tools: [toolRound({ resultTokens: 300 })] }),
      turn(A, { text: plain(120) }),
      turn(A),
    ],
  },
  {
    name: "reused tool ids and parallel calls",
    lifecycle: "any",
    clauses: ["assemble-tool-pairs", "history-no-loss"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => {
      const reused = toolRound({ ids: "reused", calls: 2, resultTokens: 30 });
      return [
        turn(A, { tools: [reused] }),
        turn(A, { tools: [reused, reused] }),
        turn(A),
        turn(A, { tools: [{ ...reused, isError: true }] }),
        restart(),
        turn(A),
      ];
    },
  },
  {
    name: "a compaction between call and result",
    lifecycle: "any",
    clauses: ["assemble-tool-pairs", "assemble-repeatable"],
    needs: { safeguard: true },
    focus: [A],
    beats: () => [
      ...turns(A, 3, { tools: [toolRound()] }),
      turn(A, { tools: [toolRound(), toolRound()], answers: ["tool", "overflow", "tool"] }),
      turn(A),
      turn(A),
    ],
  },
  {
    name: "three tool rounds in one turn",
    lifecycle: "any",
    clauses: ["assemble-repeatable", "assemble-prompt-once"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [
      turn(A, { via: "rpc" }),
      turn(A, { via: "rpc", tools: [toolRound(), toolRound(), toolRound()] }),
      compact(A),
      turn(A, { via: "rpc", tools: [toolRound()] }),
      turn(A),
    ],
  },
  {
    name: "plain prompts through both ways in",
    lifecycle: "any",
    clauses: ["assemble-prompt-once"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [
      turn(A, { via: "rpc" }),
      turn(A, { via: "chat" }),
      turn(A, { via: "rpc" }),
      turn(A, { via: "chat" }),
      turn(A, { via: "rpc" }),
    ],
  },
  {
    name: "many long turns in a small window",
    lifecycle: "any",
    clauses: ["assemble-budget", "compact-effective", "compact-honest"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    beats: (draw) => [
      ...turns(A, 6, { text: plain(draw.int(120, 220)), replyTokens: 160 }),
      turn(A, { provider: { mode: "by-size" } }),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "texts to within one token of the budget",
    lifecycle: "any",
    clauses: ["assemble-budget"],
    needs: { window: "usual" },
    focus: [A],
    beats: () => [
      turn(A),
      (author) => {
        const room = author.settings.window - author.settings.reserve - 200 - author.world.party(A).tokens;
        author.turn({
          session: A,
          text: plain(Math.max(12, room + author.draw.int(-1, 1))),
          provider: { mode: "scripted", answers: [] },
        });
      },
      turn(A),
      turn(A, { provider: { mode: "by-size" } }),
      turn(A),
    ],
  },
  {
    name: "long views of foreign scripts",
    lifecycle: "any",
    clauses: ["assemble-estimate", "assemble-budget"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    lead: 1,
    between: 0,
    beats: (draw) => [
      ...turns(A, 12, { text: { form: "cjk", tokens: draw.int(250, 400) } }),
      turn(A, { text: { form: "emoji", tokens: 200 } }),
      turn(A, { text: plain(300) }),
      overflowing(A, 1),
      turn(A),
    ],
  },
];
