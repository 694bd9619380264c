// What the house-rules test looks at: every source file, parsed once, with its imports, the lengths of its functions and its calls.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["src", "properties", "engines", "reports", "bench"];

export interface SourceFile {
  /** Relative to the package, with slashes. */
  path: string;
  text: string;
  lines: number;
  /** Relative imports and re-exports as written. */
  specifiers: string[];
  /** The same as paths relative to the package, without ending. */
  imports: string[];
  /** What is loaded along with the file: the same without what is imported as types only or on demand, and packages by their name. */
  loads: string[];
  functions: { name: string; line: number; lines: number }[];
  /** Callee texts: "Date.now", "setTimeout". */
  calls: { callee: string; line: number }[];
  isTest: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const here = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "data" ? [] : filesBelow(here);
    return /\.ts$/.test(entry.name) ? [here] : [];
  });
}

export function sourceFiles(): SourceFile[] {
  return FOLDERS.flatMap(filesBelow).map(parse);
}

function parse(file: string): SourceFile {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const seen: SourceFile = {
    path: file,
    text,
    lines: text.replace(/\n$/, "").split("\n").length,
    specifiers: [],
    imports: [],
    loads: [],
    functions: [],
    calls: [],
    isTest: /\.(test|fixture)\.ts$/.test(file) || file.includes("/fixtures/"),
  };
  const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier?.startsWith(".")) {
      seen.specifiers.push(specifier);
      seen.imports.push(moduleOf(file, specifier));
    }
    if (specifier !== undefined && isLoadedAlong(node)) seen.loads.push(moduleOf(file, specifier));
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const line = lineOf(node.getStart());
      seen.functions.push({ name: node.name?.getText() ?? "a function", line, lines: lineOf(node.end) - line + 1 });
    }
    if (ts.isCallExpression(node))
      seen.calls.push({ callee: node.expression.getText().replace(/^globalThis\./, ""), line: lineOf(node.getStart()) });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return seen;
}

/** A relative specifier as a path relative to the package, without ending; a package's name as it is. */
function moduleOf(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return path.posix.join(path.posix.dirname(file), specifier).replace(/\.[jt]s$/, "");
}

function isLoadedAlong(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly !== true;
  return ts.isExportDeclaration(node) && !node.isTypeOnly;
}

/** The module a statement or a dynamic import names. */
function specifierOf(node: ts.Node): string | undefined {
  const named =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : undefined;
  return named !== undefined && ts.isStringLiteral(named) ? named.text : undefined;
}
