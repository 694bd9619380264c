// A subject in as few words as a test needs: a durable engine that owns compaction, unless said otherwise. Test material.

import { ENGINE_METHODS, type EngineInfo, PROFILES, type ProfileId, type Subject } from "../define/index.js";

export interface SubjectOptions {
  host?: ProfileId;
  info?: Partial<EngineInfo>;
  claims?: string[];
  methods?: Subject["methods"];
  adapter?: Subject["adapter"];
  registeredAs?: string;
}

export function subjectOf(options: SubjectOptions = {}): Subject {
  const { host = "openclaw-2026.9", info = {}, claims = [], methods = [...ENGINE_METHODS], adapter = {} } = options;
  return {
    profile: PROFILES[host],
    info: { id: "tested", name: "Tested", ownsCompaction: true, ...info },
    methods,
    claims,
    adapter,
    ...(options.registeredAs === undefined ? {} : { registeredAs: options.registeredAs }),
  };
}
