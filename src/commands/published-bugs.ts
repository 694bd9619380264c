// The catalogue of published bugs of engines and hosts, read from the package's own copy. Plain data, checked by zod.

import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { packageRoot } from "./package-root.js";

const bugSchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  fault: z.string(),
  clauses: z.array(z.string()),
  symptom: z.string(),
});
export type PublishedBug = z.infer<typeof bugSchema>;

export function publishedBugs(): PublishedBug[] {
  const file = path.join(packageRoot(), "src/data/published-bugs.json");
  return z.array(bugSchema).parse(JSON.parse(readFileSync(file, "utf8")));
}
