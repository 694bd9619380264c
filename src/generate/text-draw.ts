// Draws the texts of a case: mostly short, sometimes foreign, empty, huge, or just as long as the budget allows.
// Only the shape is drawn; the words come from the host.

import type { StepOf, TextSpec } from "../define/index.js";
import type { Habits } from "./habits.js";
import type { Draw } from "./random.js";

/** The plainest text there is: the shrinker's goal. */
export const PLAIN_TEXT: TextSpec = { form: "plain", tokens: 12 };

function drawSize(draw: Draw, habits: Habits): number {
  if (draw.chance(habits.huge)) return draw.pick([4_000, 9_000, 20_000, 60_000]);
  if (draw.chance(0.1)) return draw.int(habits.textTokens, habits.textTokens * 6);
  return draw.int(6, Math.max(8, habits.textTokens));
}

/** A text; `roomTokens` is what the view's budget leaves, for texts that reach it to within one token. */
export function drawText(draw: Draw, habits: Habits, roomTokens = 0): TextSpec {
  if (draw.chance(habits.emptyText)) return { form: "empty", tokens: 0 };
  const form = draw.chance(habits.fact) ? "fact" : !draw.chance(habits.foreign) ? "plain" : draw.chance(0.6) ? "cjk" : "emoji";
  if (roomTokens > 16 && roomTokens < 9_000 && draw.chance(habits.boundary)) {
    return { form: "plain", tokens: roomTokens + draw.int(-1, 1) };
  }
  return { form, tokens: drawSize(draw, habits) };
}

type Imported = StepOf<"import">["messages"][number];

const IMPORT_SIZES: readonly number[] = [20, 30, 63, 64, 65, 66, 90, 120];

/** `count` messages of a history the engine never saw: an exchange of user and assistant, with every other kind strewn in. */
export function drawImported(
  draw: Draw,
  habits: Habits,
  count = draw.chance(0.6) ? draw.int(1, 12) : draw.pick(IMPORT_SIZES),
): Imported[] {
  const startsWithAssistant = draw.chance(0.1);
  const strewn = draw.pick([0, 0.1, 0.35]);
  const quiet = { ...habits, huge: 0, boundary: 0 };
  const messages: Imported[] = [];
  for (let i = 0; i < count; i++) {
    const role: Imported["role"] = draw.chance(strewn)
      ? draw.pick(["tool", "failed", "custom", "summary", "user", "assistant"] as const)
      : (i % 2 === 0) !== startsWithAssistant
        ? "user"
        : "assistant";
    const text = count > 200 ? { form: "plain" as const, tokens: draw.int(8, 24) } : drawText(draw, quiet);
    messages.push({ role, text });
  }
  return messages;
}
