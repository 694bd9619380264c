// What a failure looks like: this suite fails, and says why.
import { describeConformance } from "ctxspec/vitest";

describeConformance({ engine: "./engine.ts", only: ["isolation-tick"], hosts: ["openclaw-2026.7"], cases: 20 });
