// The file an engine was asked for by, where it was asked for by a path inside the working directory: what annotations can point to.

/** "./engine/mine.ts" → "engine/mine.ts"; undefined for packages, built-in names, commands and places outside. */
export function fileOf(source: string): string | undefined {
  const path = source.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
  const isRelative = source.startsWith("./") || source.startsWith(".\\") || /^[\w][\w./-]*\.[cm]?[jt]s$/.test(path);
  return isRelative && path !== "" && !path.split("/").includes("..") ? path : undefined;
}
