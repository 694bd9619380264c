// Session key texts: plain ones, and families of look-alikes whose members a careless store takes for one.
// Hosts trim and lower-case keys except in the tails named below, so case pairs stand only there: any other would be one session with two names.

import type { Draw } from "./random.js";

/** Keys that resemble nothing: the first is the main session's. */
export const PLAIN_KEYS = [
  "agent:main:main",
  "agent:main:work",
  "agent:main:garden",
  "agent:main:letters",
  "agent:main:travel",
] as const;

const LONG = `agent:main:${"long-name-".repeat(28)}`;
const COMPOSED = "agent:main:café";
const DECOMPOSED = "agent:main:cafe\u0301";

/** Families of keys that must stay apart; every member is as a host would hand it on. */
export const KEY_FAMILIES: Readonly<Record<string, readonly string[]>> = {
  "heartbeat suffix": ["agent:main:ops", "agent:main:ops:heartbeat", "agent:main:ops:heartbeat:heartbeat"],
  "heartbeat-like suffix": [
    "agent:main:ops",
    "agent:main:ops:heartbeats",
    "agent:main:ops-heartbeat",
    "agent:main:ops:heartbeat-run:1",
  ],
  prefixes: ["agent:main:team", "agent:main:team:1", "agent:main:team:11", "agent:main:team1"],
  agents: ["agent:main:main", "agent:work:main", "agent:main:work:main", "agent:mai:nmain"],
  "file names": ["agent:main:a/b", "agent:main:a_b", "agent:main:a%2fb", "agent:main:a:b"],
  "file names, more": ["agent:main:a-b", "agent:main:a b", "agent:main:a.b", "agent:main:a\\b"],
  "path steps": ["agent:main:x", "agent:main:y/../x", "agent:main:./x", "agent:main:x."],
  "sql patterns": ["agent:main:j_n", "agent:main:jan", "agent:main:j%n", "agent:main:j%%n"],
  quotes: ["agent:main:o'neil", "agent:main:o''neil", 'agent:main:o"neil', "agent:main:oneil"],
  "escaped percent": ["agent:main:50%", "agent:main:50%25", "agent:main:50"],
  "inner spaces": ["agent:main:my room", "agent:main:my  room", "agent:main:myroom", "agent:main:my+room"],
  unicode: [COMPOSED, DECOMPOSED, "agent:main:cafe"],
  "other scripts": ["agent:main:部屋", "agent:main:部屋2", "agent:main:🚪", "agent:main:🚪\ufe0f"],
  "three hundred characters": [`${LONG}aaaaaaaaa`, `${LONG}aaaaaaaab`, `${LONG}aaaaaaaa`],
  numbers: ["agent:main:1", "agent:main:01", "agent:main:1.0", "agent:main:1e0"],
  "object members": ["agent:main:__proto__", "agent:main:constructor", "agent:main:null", "agent:main:undefined"],
  "signal groups": ["agent:main:signal:group:AbCdEf12", "agent:main:signal:group:abcdef12", "agent:main:signal:group:ABCDEF12"],
  "matrix channels": ["agent:main:matrix:channel:!Room:example.org", "agent:main:matrix:channel:!room:example.org"],
  "matrix groups": [
    "agent:main:matrix:group:!AbC:example.org",
    "agent:main:matrix:group:!abc:example.org",
    "agent:main:matrix:channel:!abc:example.org",
  ],
  "global scope": ["global", "agent:main:main"],
};

const CASED = /^(.*?)(signal:group:[^:]+|matrix:(?:channel|group):.*)(.*)$/i;

/** A key as a host hands it on: trimmed and lower-cased outside the tails whose case counts. Two keys with one normal form are one session. */
export function normaliseKey(key: string): string {
  const trimmed = key.trim();
  const match = CASED.exec(trimmed);
  if (match === null) return trimmed.toLowerCase();
  const [, head = "", kept = "", tail = ""] = match;
  const place = kept.search(/group:|channel:/i);
  const marker = kept.slice(0, place) + (kept.slice(place).split(":")[0] ?? "");
  return head.toLowerCase() + marker.toLowerCase() + kept.slice(marker.length) + tail.toLowerCase();
}

const HEARTBEAT_END = /:heartbeat$/;

/** Whether a heartbeat lane on `base` keeps its own key apart from every other session's. */
export function laneFits(base: string, keys: readonly string[]): boolean {
  const own = normaliseKey(base);
  if (HEARTBEAT_END.test(own) || own === "global") return false;
  return keys.every((key) => {
    const other = normaliseKey(key);
    return (
      other === own || !other.startsWith(`${own}:heartbeat`) || /^:heartbeat-run:|^:heartbeats/.test(other.slice(own.length))
    );
  });
}

/** `count` different keys: plain ones, or as many members of one family as it has, then of a second one, and plain ones for the rest. */
export function drawKeys(draw: Draw, count: number, family: "plain" | "look-alikes" | string): string[] {
  if (family === "plain") return PLAIN_KEYS.slice(0, count);
  const named = KEY_FAMILIES[family];
  const members = draw.shuffle(named ?? draw.pick(Object.values(KEY_FAMILIES)));
  const more = named === undefined && members.length < count ? draw.shuffle(draw.pick(Object.values(KEY_FAMILIES))) : [];
  return [...new Set([...members, ...more, ...PLAIN_KEYS])].slice(0, count);
}
