// The texts a host plants: a canary first, then neutral filler of the asked size. Each text derives from (seed, step, part) alone.
// Standing instructions, markers and wrappers are here, too: they carry no canary of their own.

import type { TextSpec } from "../define/index.js";
import { canaryFor, hash64 } from "./ids.js";

const WORDS = (
  "the harbour timetable lists a ferry at noon and another after dusk while rain moves along the northern coast and gulls gather near " +
  "the lower quay where crates of lamp oil wait beside folded sails under grey canvas until carts arrive from two quiet villages"
).split(" ");
const CJK = "港口的時刻表列出正午的渡輪與黃昏後另一班雨沿著北岸移動海鷗聚集在下方碼頭旁邊等待燈油的箱子";
const EMOJI = ["🌊", "⛵", "🌧️", "🐦", "📦", "🏮", "🧭", "🪢"];

export interface PlantedText {
  text: string;
  /** Absent for empty texts. */
  canary: string | undefined;
}

function asciiFiller(chars: number, start: number): string {
  let out = "";
  for (let i = start; out.length < chars; i++) out += `${WORDS[i % WORDS.length]} `;
  return out.slice(0, Math.max(0, chars)).trimEnd();
}

/** A text of about `tokens` tokens for one part of a step; `form: empty` gives "". */
export function plantText(spec: Pick<TextSpec, "form" | "tokens">, seed: number, step: string, part: string): PlantedText {
  if (spec.form === "empty") return { text: "", canary: undefined };
  const canary = canaryFor(seed, step, part);
  const start = hash64(`${step}${part}${seed}`)[0] % WORDS.length;
  const room = Math.max(0, spec.tokens - 4);
  switch (spec.form) {
    case "plain":
      return { text: `${canary} ${asciiFiller(Math.max(6, room * 4), start)}`, canary };
    case "fact":
      return { text: `Remember that ${canary} is the name of my boat. ${asciiFiller(room * 4 - 36, start)}`.trimEnd(), canary };
    case "cjk":
      return { text: `${canary} ${repeatTo(CJK, Math.max(2, room), start)}`, canary };
    case "emoji": {
      const count = Math.max(1, Math.floor(room / 2));
      let out = "";
      for (let i = 0; i < count; i++) out += EMOJI[(start + i) % EMOJI.length];
      return { text: `${canary} ${out}`, canary };
    }
  }
}

function repeatTo(source: string, count: number, start: number): string {
  const chars = [...source];
  let out = "";
  for (let i = 0; i < count; i++) out += chars[(start + i) % chars.length];
  return out;
}

/** The same for a user text that may share its text with another step's. */
export function userText(spec: TextSpec, seed: number, step: string): PlantedText {
  return plantText(spec, seed, spec.same ?? step, "user");
}

/** Marker that stands in the transcript for a heartbeat's user entry. */
export const HEARTBEAT_MARKER = "[heartbeat poll received]";
/** What the model is really told on a heartbeat. */
export const HEARTBEAT_INSTRUCTION =
  "Read the standing list of checks in the workspace. Follow it strictly. When nothing needs attention, answer with the silent acknowledgement only.";
/** The two silent acknowledgements: a heartbeat that found nothing, and any turn that is to stay without an answer. */
export const ACKNOWLEDGEMENT = "HEARTBEAT_OK";
export const SILENCE = "NO_REPLY";
/** Request that stands for the prompt of a durable retry. */
export const CONTINUE_REQUEST =
  "The last attempt ended because the conversation was too long; it has been compacted. Go on with the user's request from where it was left.";
/** Request of the turn that is tried again because nobody could have seen its answer. */
export const UNSEEN_REQUEST =
  "The answer before this one held nothing that the user could see. Answer the request now, in words meant for the user.";
/** What stands for the user before an answer that opens a history. */
export const SESSION_BEGINNING = "(session bootstrap)";
/** User entry of a retry under a successor session id. */
export const CONTINUE_ENTRY = "Continue from there";

/** Prompt of the first assemble of a durable retry: the stored user text and the request to go on. */
export const retryPrompt = (stored: string) => `${CONTINUE_REQUEST}\n\nThe request was:\n${stored}`;

/** How a chat client's live text differs from what is stored. */
export const chatWrap = (text: string) =>
  `Conversation info (from the chat client, not part of the message):\n{"channel":"webchat","sender":"user"}\n\n${text}`;

/** How an orphan user entry is merged into the live user message of a classic host. */
export const orphanWrap = (orphan: string, text: string) =>
  `[An earlier message that got no reply]\n${orphan}\n\n[The current message]\n${text}`;

/** Prompt that announces a subagent's result to its parent. */
export const announcePrompt = (child: string, reply: string) =>
  `A subagent (${child}) has completed its task. Its result:\n\n${reply}\n\nTell the user in your own words, or stay silent.`;

/** Stamp that OpenClaw 2026.5 puts before a user's text: 27 characters. */
export function stampPrefix(atMs: number): string {
  const d = new Date(atMs);
  const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][d.getUTCDay()];
  return `[${day} ${d.toISOString().slice(0, 10)} ${d.toISOString().slice(11, 16)} UTC] `;
}

/** What a recovery turn after a kill tells the model. */
export const RECOVERY_NOTE =
  "The gateway stopped while the last request was being answered. Go on with it, or say that it was lost.";
