// Imports one file of an engine: natively where Node can, through jiti for TypeScript and for what only a bundler would resolve.
// Says nothing about what the module should export. Its errors name the file, the place in it and what to try.

import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CtxspecError } from "../define/errors.js";
import { virtualSdk } from "./sdk-resolution.js";

/** Endings of files that can be loaded. */
export const MODULE_EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"] as const;

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);

/** Failures to find or link, before anything ran: jiti may still manage, as the host's own loader does. */
const LINK_CODES = new Set([
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_MODULE_NOT_FOUND",
  "ERR_REQUIRE_ESM",
]);
const LINK_TEXT = /Cannot use import statement outside a module|Unexpected token 'export'|does not provide an export named/;

type NativeImport = (url: string) => Promise<Record<string, unknown>>;
let nativeImport: NativeImport | undefined;

/** Node's own import(), out of reach of whatever rewrites imports in this file (test runners do). */
async function native(): Promise<NativeImport> {
  if (nativeImport === undefined) {
    const source = "data:text/javascript,export default (url) => import(url);";
    nativeImport = ((await import(/* @vite-ignore */ source)) as { default: NativeImport }).default;
  }
  return nativeImport;
}

async function importThroughJiti(file: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(file, {
    virtualModules: virtualSdk(file),
    fsCache: join(tmpdir(), "ctxspec-jiti"),
    interopDefault: true,
  });
  return jiti.import<Record<string, unknown>>(file);
}

/** Reads an error that may be anything, undefined included: engines throw what they like. */
function fieldsOf(error: unknown): { code?: unknown; message?: unknown; stack?: unknown } {
  return typeof error === "object" && error !== null ? error : {};
}

function isLinkFailure(error: unknown): boolean {
  const { code, message } = fieldsOf(error);
  return LINK_CODES.has(String(code)) || (error instanceof SyntaxError && LINK_TEXT.test(String(message)));
}

/** "file:line" and the offending line where the stack begins with them, as it does for syntax errors. */
function placeOf(error: unknown): string {
  const { stack } = fieldsOf(error);
  const [first, line] = String(stack ?? "").split("\n");
  const match = /^(?:file:\/\/)?(\/.*|[A-Za-z]:.*):(\d+)$/.exec(first ?? "");
  return match === null ? "" : ` at ${match[1]}:${match[2]}${line?.trim() ? ` (${line.trim().slice(0, 120)})` : ""}`;
}

function hintFor(error: unknown, file: string): string {
  const { code, message } = fieldsOf(error);
  const text = String(message);
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(text)?.[1];
  if (/No such built-in module|ERR_UNKNOWN_BUILTIN_MODULE/.test(`${String(code)} ${text}`))
    return `it needs a newer Node than ${process.version}: run it on one with --node <path>`;
  if (missing !== undefined)
    return `install the engine's dependencies where it lies (npm install), or check the path of "${missing}"`;
  if (text.startsWith("ParseError")) return "correct the file at that place";
  if (error instanceof SyntaxError) return `correct the file; node --check ${file} shows the place`;
  return `run it alone to see the whole stack: node --input-type=module -e 'import ${JSON.stringify(pathToFileURL(file).href)}'`;
}

/** How an error of the engine reads in one line: its class and message, or what was thrown instead of an error. */
export function describeThrown(error: unknown): string {
  if (error instanceof Error || (typeof error === "object" && error !== null && "message" in error)) {
    const { name, message } = error as Error;
    return `${name ?? "Error"}: ${String(message).replace(/\s*\n\s*/g, " ")}`;
  }
  return `thrown ${typeof error}: ${String(error)}`;
}

/** The error for a file that could not be imported. */
export function importError(file: string, error: unknown, hint = hintFor(error, file)): CtxspecError {
  return new CtxspecError("engine-import", `${file} could not be loaded${placeOf(error)}: ${describeThrown(error)}`, hint, error);
}

/** Exports of the module in `file` (an absolute path). Throws engine-import. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  if (TYPESCRIPT.has(extname(file))) {
    return importThroughJiti(file).catch((error: unknown) => {
      throw importError(file, error);
    });
  }
  try {
    return await (await native())(pathToFileURL(file).href);
  } catch (error) {
    if (!isLinkFailure(error)) throw importError(file, error);
    return importThroughJiti(file).catch(() => {
      throw importError(file, error);
    });
  }
}

/** Default export, also through the wrapping that CommonJS modules compiled from ESM bring along. */
export function defaultExport(module: Record<string, unknown>): unknown {
  const found = module.default;
  if (typeof found === "object" && found !== null && "__esModule" in found && "default" in found) return found.default;
  return found;
}

/** File that a package name, possibly with a subpath, resolves to from `folder`; undefined when nothing is there. */
export async function resolveFrom(specifier: string, folder: string): Promise<string | undefined> {
  const from = join(folder, "resolve-from-here.js");
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    const { createJiti } = await import("jiti");
    const url = createJiti(from).esmResolve(specifier, { try: true, conditions: ["node", "import"] });
    return url?.startsWith("file:") ? fileURLToPath(url) : undefined;
  }
}
