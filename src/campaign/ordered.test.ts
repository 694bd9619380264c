import { describe, expect, it } from "vitest";
import { inOrder } from "./ordered.js";

interface Pending {
  n: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Work whose end the test decides. */
function workshop(total: number) {
  const pending: Pending[] = [];
  const started: number[] = [];
  const start = (n: number): Promise<string> | undefined => {
    if (n >= total) return undefined;
    started.push(n);
    return new Promise((resolve, reject) => pending.push({ n, resolve: () => resolve(`answer ${n}`), reject }));
  };
  const end = async (n: number, error?: Error) => {
    const one = pending.find((each) => each.n === n);
    if (error === undefined) one?.resolve();
    else one?.reject(error);
    for (let turns = 0; turns < 10; turns++) await Promise.resolve();
  };
  return { start, started, end };
}

async function collect(run: AsyncGenerator<{ n: number; answer: string }>, into: string[]): Promise<void> {
  for await (const { n, answer } of run) into.push(`${n}: ${answer}`);
}

describe("inOrder", () => {
  it("hands answers over in order, whatever ends first, never more than the appetite at once", async () => {
    const { start, started, end } = workshop(4);
    const got: string[] = [];
    const all = collect(inOrder({ appetite: 2, start, stopped: () => false }), got);
    await end(99);
    expect(started).toEqual([0, 1]);
    await end(1);
    expect(started).toEqual([0, 1, 2]);
    await end(2);
    expect(got).toEqual([]);
    await end(0);
    expect(got).toEqual(["0: answer 0", "1: answer 1", "2: answer 2"]);
    await end(3);
    await all;
    expect(got).toHaveLength(4);
  });

  it("hands over what is in hand once the rest is given up", async () => {
    const { start, started, end } = workshop(10);
    const got: string[] = [];
    let giveUp = (): void => {};
    const abandoned = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const all = collect(inOrder({ appetite: 3, start, stopped: () => false, abandoned }), got);
    await end(99);
    await end(1);
    expect(got).toEqual([]);
    giveUp();
    await all;
    expect(got).toEqual(["1: answer 1"]);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it("starts nothing more once stopped, and still hands over what was started", async () => {
    const { start, started, end } = workshop(10);
    let stopped = false;
    const got: string[] = [];
    const all = collect(inOrder({ appetite: 3, start, stopped: () => stopped }), got);
    await end(99);
    stopped = true;
    for (const n of [2, 0, 1]) await end(n);
    await all;
    expect(started).toEqual([0, 1, 2]);
    expect(got).toHaveLength(3);
  });

  it("throws the first failure in order", async () => {
    const { start, end } = workshop(3);
    const got: string[] = [];
    const all = collect(inOrder({ appetite: 3, start, stopped: () => false }), got);
    const failed = expect(all).rejects.toThrow("one");
    await end(2, new Error("two"));
    await end(1, new Error("one"));
    await end(0);
    await failed;
    expect(got).toEqual(["0: answer 0"]);
  });

  it("ends at once where there is nothing to do", async () => {
    const got: string[] = [];
    await collect(inOrder<string>({ appetite: 3, start: () => undefined, stopped: () => false }), got);
    expect(got).toEqual([]);
  });
});
