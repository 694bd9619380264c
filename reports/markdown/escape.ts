// Text made safe for Markdown: in a line, in code, in a block of code, in a table.

import { oneLine, visible } from "../../src/draw/visible.js";

const MOST_IN_LINE = 600;

/** One line in which nothing is markup, a link, a mention or HTML. */
export function escapedMarkdown(text: string): string {
  return oneLine(text, MOST_IN_LINE)
    .replace(/[\\`*_{}[\]#|~]/g, (one) => `\\${one}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "@\u200b")
    .replace(/:\/\//g, ":\u200b//");
}

/** A span of code, whatever backticks are in it. */
export function code(text: string): string {
  const flat = oneLine(text, MOST_IN_LINE);
  const fence = "`".repeat(longestRun(flat) + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") || flat === "" ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** A block of code, whatever fences are in it. */
export function codeBlock(lines: readonly string[], language = "text"): string[] {
  const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${fence}${language}`, ...lines.map(visible), fence];
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/** Cells are Markdown already, without a bare pipe. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, n) => (n === 0 ? "---" : ":---:"))), ...rows.map(line)];
}
