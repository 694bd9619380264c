// A supervisor of its own, for the test that kills it: argv names supervisor.js, the parts and a task; it says when the task is out.

import { pathToFileURL } from "node:url";

const [supervisor, partsModule, task] = process.argv.slice(2);
const { WorkerCrew } = await import(pathToFileURL(supervisor).href);
const crew = new WorkerCrew({ workers: 1, memoryMb: 64, partsModule });
await crew.describe({ kind: "engine", spec: "stub", cwd: "/" });
void crew.run(JSON.parse(task), "probe");
process.send("running");
