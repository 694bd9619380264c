// The house rules that a program can check. Every message names the place and the fix.

import { describe, expect, test } from "vitest";
import { type SourceFile, sourceFiles } from "./house-rules.fixture.js";

const files = sourceFiles();
const shipped = files.filter((file) => !file.isTest);

const MOST_LINES = 300;
const MOST_FUNCTION_LINES = 70;

/** What each part may import besides itself. A path with a slash is a single file. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  define: [],
  generate: ["define"],
  judge: ["define"],
  load: ["define"],
  draw: ["define"],
  host: ["define", "src/judge/size"],
  fidelity: ["define", "host"],
  campaign: ["define", "generate", "judge", "load", "host", "src/discover"],
  certificate: ["define", "generate", "judge", "load", "campaign"],
  properties: ["define", "generate", "judge"],
  engines: ["define"],
  reports: ["define", "draw"],
  "src/discover": ["define", "src/load/adapter"],
};

const LEAVES = ["properties", "engines", "reports"];

/** "src/host/clock" → "host", "properties/x" → "properties", "src/discover" → itself; other files of src/ and commands are on top of all. */
function partOf(file: string): string {
  const [first = "", second = "", third] = file.split("/");
  if (first !== "src") return first;
  return third === undefined ? `src/${second.replace(/\.ts$/, "")}` : second;
}

function forbiddenImports(file: SourceFile): string[] {
  const part = partOf(file.path);
  const allowed = MAY_IMPORT[part];
  return file.imports.flatMap((target) => {
    const to = partOf(target);
    if (to === part || (LEAVES.includes(part) && target.startsWith(part))) return [];
    if (LEAVES.includes(to))
      return [`${file.path} imports ${target}: only src/discover.ts knows the folder ${to}; ask it instead`];
    if (allowed === undefined || allowed.includes(to) || allowed.includes(target)) return [];
    return [
      `${file.path} imports ${target}: ${part} may import ${allowed.join(", ") || "nothing else"}; move what is shared down, or pass it in`,
    ];
  });
}

/** How `target` is loaded along with a file: the files on the way; empty where it is not. */
function wayTo(target: string, from: string, seen = new Set<string>()): string[] {
  if (from === target) return [target];
  if (seen.has(from)) return [];
  seen.add(from);
  const next = files.find((file) => file.path === `${from}.ts`)?.loads ?? [];
  for (const to of next) {
    const way = wayTo(target, to, seen);
    if (way.length > 0) return [from, ...way];
  }
  return [];
}

describe("house rules", () => {
  test("imports go one way: define ← generate, judge, load, host ← campaign ← commands, cli, index, vitest", () => {
    expect(shipped.flatMap(forbiddenImports)).toEqual([]);
  });

  test("the import rule bites", () => {
    const file = {
      path: "src/judge/views.ts",
      imports: ["src/host/clock", "src/define/case", "properties/isolation-tick"],
    } as SourceFile;
    expect(forbiddenImports(file)).toEqual([
      expect.stringContaining("judge may import define"),
      expect.stringContaining("src/discover.ts"),
    ]);
  });

  test("the process of an engine, of which a killing case starts dozens, loads no zod: that would double its start", () => {
    for (const entry of ["src/campaign/engine-process", "src/load/load"]) expect(wayTo("zod", entry)).toEqual([]);
    expect(wayTo("zod", "src/campaign/worker")).not.toEqual([]); // the search finds it where it is
  });

  test(`a file has at most ${MOST_LINES} lines`, () => {
    const long = files.filter((file) => file.lines > MOST_LINES && !file.path.endsWith(".test.ts"));
    expect(long.map((file) => `${file.path} has ${file.lines} lines: split it by what it is about`)).toEqual([]);
  });

  test(`a function has at most ${MOST_FUNCTION_LINES} lines`, () => {
    const long = shipped.flatMap((file) =>
      file.functions
        .filter(({ lines }) => lines > MOST_FUNCTION_LINES)
        .map(({ name, line, lines }) => `${file.path}:${line} ${name} has ${lines} lines: name a part of it and take it out`),
    );
    expect(long).toEqual([]);
  });

  test("real time and chance come in at one place only", () => {
    const banned = ["Date.now", "Math.random", "setTimeout", "setInterval"];
    const homes = ["src/host/clock.ts", "src/campaign/real-time.ts"];
    const isFree = ({ path }: SourceFile) =>
      homes.includes(path) || path.startsWith("engines/") || path.startsWith("properties/breaks/");
    const found = shipped
      .filter((file) => !isFree(file))
      .flatMap((file) =>
        file.calls
          .filter(({ callee }) => banned.includes(callee))
          .map(
            ({ callee, line }) =>
              `${file.path}:${line} calls ${callee}: use ${homes.join(" (virtual) or ")} (real), or take it from the case's seed`,
          ),
      );
    expect(found).toEqual([]);
  });

  test("a file is named by a noun of the field", () => {
    const vague = files.filter((file) => /(^|\/|-)(utils?|helpers?|common|misc)(\.|\/|-)/.test(file.path));
    expect(vague.map((file) => `${file.path}: name it by what it holds`)).toEqual([]);
  });

  test("a file opens with its role", () => {
    const silent = files.filter((file) => !file.path.endsWith(".test.ts") && !/^(#!.*\n)?\/[/*]/.test(file.text));
    expect(
      silent.map((file) => `${file.path} opens with code: say in two to five lines what it does, what it does not, and why`),
    ).toEqual([]);
  });

  test("relative imports end in .js", () => {
    const bare = files.flatMap((file) =>
      file.specifiers
        .filter((to) => !/\.(js|mjs|json)$/.test(to))
        .map((to) => `${file.path} imports "${to}": write the ending .js`),
    );
    expect(bare).toEqual([]);
  });

  test("nothing is tied to one machine", () => {
    const tied = shipped.filter((file) => /["'`](\/work\/|\/root\/|\/Users\/|\/home\/[a-z]+\/|[A-Z]:\\\\)/.test(file.text));
    expect(
      tied.map((file) => `${file.path} holds an absolute path: derive it from import.meta.url or the working directory`),
    ).toEqual([]);
  });
});
