// The plain leak: text of one session in the views of another. Parents and children count as one family here (isolation-subagent tells
// them apart), runs of one lane as one session (isolation-tick does).

import { APPLIES, defineClause } from "../src/define/index.js";
import { crossLeaks, hasOtherContent, indexOf, leakFinding, recallFor, type View } from "../src/judge/index.js";
import { isLaneKey, rowsShared } from "./breaks/leaky-store.js";

export default defineClause({
  id: "isolation-session",
  title: "A session shows only what was delivered or supplied under its own key",
  level: "must",
  who: "engine",
  family: "isolation",
  pair: "key-continuity",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/issues/70172",
      says: "isolated heartbeats landed in the main conversation: ticks showed the user's texts, and the main session grew by every tick",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "every call names the session it is about; the engine keeps them apart",
    },
  ],
  bugs: ["hb-isolated-in-main-conversation", "lcm-null-key-rows", "ov-global-agent", "lcm-cross-conv-shrink", "compaction-bleed"],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const seen = new Set<unknown>();
    const findings = [];
    for (const { shown, canary } of crossLeaks(index, subject)) {
      if (seen.has(shown.view)) continue;
      seen.add(shown.view);
      findings.push(
        leakFinding(
          index,
          shown,
          canary,
          "only text that was delivered under this key, supplied in the call, or comes from a parent that forked it",
        ),
      );
    }
    return findings;
  },
  witness(history, _twins, subject) {
    const index = indexOf(history);
    const isJudged = (view: View) => recallFor(subject, view.session) === undefined;
    return index.views.filter((view) => isJudged(view) && hasOtherContent(index, view.session, view.call.event.i)).length;
  },
  breaks: [
    {
      id: "isolation-session/heartbeat-is-main",
      about:
        "The engine takes the heartbeat suffix for a detail and looks the conversation up by the base key: ticks and main session are one.",
      bugs: ["hb-isolated-in-main-conversation"],
      minimalSteps: 2,
      wrap: rowsShared({
        slot: ({ key }) => key.replace(/(?::heartbeat(?:-run:[^:]*)?)+$/, ""),
        shows: (row, now) => row.key !== now.key,
      }),
    },
    {
      id: "isolation-session/one-conversation-per-agent",
      about: "One configured conversation serves every key of the gateway: whatever was said last is shown to everyone.",
      bugs: ["ov-global-agent"],
      base: "overlay",
      minimalSteps: 2,
      wrap: rowsShared({ slot: () => "all", shows: (row, now) => !isLaneKey(now.key) && row.key !== now.key }),
    },
    {
      id: "isolation-session/hidden-by-messages",
      about:
        "All rows lie in one table without a key. While the host supplies a history nobody notices; asked with an empty one, for a session it knows, the engine hands out everybody's.",
      bugs: ["lcm-null-key-rows"],
      minimalSteps: 2,
      wrap: rowsShared({
        slot: () => "all",
        shows: (row, now, { messages, rows }) =>
          messages.length === 0 &&
          row.key !== now.key &&
          ![row.key, now.key].some((key) => key.includes(":subagent:")) &&
          rows.some((own) => own.key === now.key && own.id === now.id),
      }),
    },
  ],
});
