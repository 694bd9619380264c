import { describe, expect, it } from "vitest";
import { indexOf } from "./index.js";
import { historyOf, reply, user } from "./notation.js";
import { mayHaveSlid } from "./sliding.js";

const small = (n: number) => [user(`AAAAAAAAAAU${n} ask`), reply(`AAAAAAAAAAR${n} tell`)] as const;
const long = reply(`AAAAAAAAAAR9 ${"many words ".repeat(60)}`);

function indexWith() {
  const h = historyOf();
  for (const n of [1, 2, 3, 4])
    h.turn(`s${n}`, "a")
      .view([])
      .commit([...small(n)])
      .end();
  return indexOf(h.done());
}

describe("a window that slid", () => {
  const held = [1, 2, 3, 4].flatMap((n) => [...small(n)]);
  const index = indexWith();

  it("lets the oldest go, as many as make room for what came", () => {
    expect(mayHaveSlid(index, { held, left: held.slice(0, 6), came: [long] })).toBe(true);
    expect(mayHaveSlid(index, { held, left: held.slice(0, 4), came: [...small(5)] })).toBe(true);
  });

  it("is no excuse for more than that, for a gap in the middle, or where nothing came", () => {
    expect(mayHaveSlid(index, { held, left: held.slice(0, 6), came: [...small(5)] })).toBe(false);
    expect(mayHaveSlid(index, { held, left: held.slice(2, 6), came: [long] })).toBe(false);
    expect(mayHaveSlid(index, { held, left: held.slice(0, 2), came: [] })).toBe(false);
  });
});
