// The fixed list of aims: the rarest witnesses, then one of each family in turn, so that a short campaign touches every family early.
// Its order decides what case k is aimed at: adding or moving an entry is a new generator version.

import { PROFILE_IDS, type Profile } from "../../define/index.js";
import type { Aim } from "./aim.js";
import { COMPACTION_AIMS } from "./compaction.js";
import { CONTRACT_AIMS } from "./contract.js";
import { CONTENT_AIMS } from "./history-content.js";
import { DELIVERY_AIMS } from "./history-delivery.js";
import { SESSION_AIMS } from "./isolation-sessions.js";
import { TICK_AIMS } from "./isolation-ticks.js";
import { KEY_AIMS } from "./keys.js";
import { VIEW_AIMS } from "./views.js";

const FAMILIES = [TICK_AIMS, COMPACTION_AIMS, SESSION_AIMS, CONTENT_AIMS, DELIVERY_AIMS, VIEW_AIMS, KEY_AIMS, CONTRACT_AIMS];

/** Witnesses that random cases seldom are: they come first, so that a short campaign leaves little unexercised. */
const FIRST: readonly string[] = [
  "a tick's late commit arrives in the next tick",
  "over 64 imported messages before the newest turns, then compaction by command",
  "recovery exhausted, then later turns",
  "recovery exhausted although every compact helped, then a session that grew again",
  "a history of every kind of message",
  "a provider that measures, content that outgrew it",
  "look-alike keys with content",
  "turns of two sessions at the same time",
  "a summariser that answers badly",
  "tool exchanges that no longer fit",
  "the process dies in a delivery",
  "the process dies at a write of a commit",
  "an advancement key once more, also after a restart",
  "a tick while a turn of its session runs",
  "new processes after compactions and after a reset",
  "a summariser that falters in a long compaction",
  "a summariser that hangs until the abort",
  "reset with content before and views after",
  "isolated subagent of a parent with content",
  "thirty empty ticks",
  "long views of foreign scripts",
  "a compact that fails, and a healthy one hours later",
];

function interleave(families: readonly (readonly Aim[])[]): readonly Aim[] {
  const longest = Math.max(...families.map((family) => family.length));
  return Array.from({ length: longest }, (_, i) => families.flatMap((family) => family.slice(i, i + 1))).flat();
}

const IN_TURN = interleave(FAMILIES);

/** Every aim, in the order in which cases take them. */
export const AIMS: readonly Aim[] = [
  ...FIRST.flatMap((name) => IN_TURN.filter((aim) => aim.name === name)),
  ...IN_TURN.filter((aim) => !FIRST.includes(aim.name)),
];

/**
 * The aims that make sense under a profile, in the order in which its cases take them; `names` narrows them further (unknown names are
 * ignored). After the first ones each profile begins at another place, so that a short campaign under several of them meets more.
 */
export function aimsFor(profile: Profile, names?: readonly string[]): readonly Aim[] {
  const fit = ({ lifecycle, name }: Aim) =>
    (lifecycle === "any" || lifecycle === profile.lifecycle) && (names === undefined || names.includes(name));
  const rest = AIMS.slice(FIRST.length);
  const start = Math.floor((PROFILE_IDS.indexOf(profile.id) * rest.length) / PROFILE_IDS.length);
  return [...AIMS.slice(0, FIRST.length), ...rest.slice(start), ...rest.slice(0, start)].filter(fit);
}
