// One vitest test per clause and host profile.
import { describeConformance } from "ctxspec/vitest";
import createMyEngine from "./engine.js";

describeConformance({ engine: createMyEngine, cases: Number(process.env.CONFORMANCE_CASES ?? 200) });
