import { describe, expect, it } from "vitest";
import { PROFILE_IDS, PROFILES } from "../../define/index.js";
import { caseFor } from "../case-for.js";
import { CRON_ALIASES, HEARTBEAT_ALIASES, SESSION_ALIASES } from "../stage.js";
import { AIMS, aimsFor } from "./index.js";

/** Every clause that judges engines, with the lifecycle it is limited to. */
const ENGINE_CLAUSES: Record<string, "any" | "durable" | "classic"> = {
  "key-distinct": "any",
  "key-continuity": "any",
  "isolation-tick": "any",
  "isolation-session": "any",
  "isolation-noninterference": "any",
  "isolation-heartbeat-inert": "any",
  "isolation-compaction": "any",
  "isolation-late-delivery": "durable",
  "isolation-reset": "any",
  "isolation-subagent": "any",
  "history-liveness": "any",
  "history-no-loss": "any",
  "history-no-duplicate": "any",
  "history-order": "any",
  "history-restart": "any",
  "history-crash": "any",
  "history-commit-once": "durable",
  "history-commit-atomic": "durable",
  "history-failed-turn": "durable",
  "history-heartbeat-keeps": "any",
  "assemble-well-formed": "any",
  "assemble-tool-pairs": "any",
  "assemble-prompt-once": "any",
  "assemble-repeatable": "any",
  "assemble-budget": "any",
  "assemble-estimate": "any",
  "compact-effective": "any",
  "compact-honest": "any",
  "compact-terminates": "any",
  "compact-atomic": "any",
  "compact-abort": "any",
  "recovery-bounded": "any",
  "recovery-no-latch": "any",
  "contract-shape": "any",
  "contract-factory": "any",
  "contract-host-params": "any",
  "contract-results": "any",
  "contract-input-pure": "any",
  "contract-dispose": "any",
  "race-sessions": "any",
  "race-same-session": "any",
  "resource-growth": "any",
  "resource-handles": "any",
  "resource-event-loop": "any",
};

describe("aims", () => {
  it("cover every clause that judges engines, under every profile it applies to", () => {
    for (const profile of PROFILE_IDS) {
      const aimed = new Set(aimsFor(PROFILES[profile]).flatMap((aim) => aim.clauses));
      const wanted = Object.entries(ENGINE_CLAUSES).filter(
        ([, lifecycle]) => lifecycle === "any" || lifecycle === PROFILES[profile].lifecycle,
      );
      expect(wanted.map(([clause]) => clause).filter((clause) => !aimed.has(clause))).toEqual([]);
    }
    for (const aim of AIMS) expect(aim.clauses.filter((clause) => !(clause in ENGINE_CLAUSES))).toEqual([]);
  });

  it("have names of their own and name aliases that exist", () => {
    expect(new Set(AIMS.map((aim) => aim.name)).size).toBe(AIMS.length);
    const aliases: string[] = [...SESSION_ALIASES, ...HEARTBEAT_ALIASES, ...CRON_ALIASES];
    for (const aim of AIMS) expect(aim.focus.filter((alias) => !aliases.includes(alias))).toEqual([]);
    for (const aim of AIMS) expect(aim.name.length).toBeLessThanOrEqual(80);
    expect(AIMS[0]?.name).toBe("a tick's late commit arrives in the next tick");
  });

  it("stand in the case with their aliases, under many seeds", () => {
    for (const profile of PROFILE_IDS) {
      const aims = aimsFor(PROFILES[profile]);
      for (const [i, aim] of aims.entries()) {
        for (const seed of [1, 2, 3]) {
          const theCase = caseFor(seed, 4 * i, profile);
          expect(theCase.settings.aim).toBe(aim.name);
          const named = new Set([...Object.keys(theCase.settings.keys), ...Object.keys(theCase.settings.lanes)]);
          expect(aim.focus.filter((alias) => !named.has(alias))).toEqual([]);
          expect(theCase.steps.length).toBeGreaterThanOrEqual(3);
          expect(theCase.steps.some((step) => "session" in step && aim.focus.includes(step.session))).toBe(true);
        }
      }
    }
  });

  it("hold the sequence they are named for", () => {
    const kinds = (name: string) => {
      const aims = aimsFor(PROFILES["openclaw-2026.9"]);
      const theCase = caseFor(1, 4 * aims.findIndex((aim) => aim.name === name), "openclaw-2026.9");
      return { theCase, kinds: theCase.steps.map((step) => step.kind).join(" ") };
    };
    const late = kinds("a tick's late commit arrives in the next tick");
    expect(late.kinds).toContain("late tick tick turn tick turn");
    const many = kinds("thirty empty ticks").theCase.steps.filter((step) => step.kind === "tick" && step.reply === "ack");
    expect(many.length).toBeGreaterThanOrEqual(31);
    const large = kinds("more than two thousand imported messages").theCase.steps.find((step) => step.kind === "import");
    expect(large?.kind === "import" && large.messages.length).toBe(2_500);
    const repeats = kinds("an advancement key once more, also after a restart").theCase.steps.filter(
      (step) => step.kind === "repeat",
    );
    expect(repeats.length).toBeGreaterThanOrEqual(3);
  });
});
