// What a row of the timeline opens to: the messages that were given and shown, the summariser's texts, the answer, the names of what the
// engine got.

import type { AnyMessage, Event } from "../../../src/define/index.js";
import { givenIn, messageWords, shownIn } from "../../words/event.js";
import type { TextDesk } from "../engine-text.js";
import { html, type Markup, when } from "../markup.js";
import type { Row } from "./rows.js";

/** Messages that are always shown, and those written out at all. */
const FIRST = 6;
const MOST = 200;

interface Reading {
  canaries: readonly string[];
  desk: TextDesk;
}

/** undefined: there is nothing to open. */
export function detailOf(row: Row, reading: Reading): Markup | undefined {
  if (row.event.kind === "call") return callDetail(row, row.event, reading);
  if (row.event.kind === "summariser") {
    const { request, answer } = row.event;
    return html`<div class="detail"><div class="side"><h6>was given</h6>${reading.desk.show(request, reading.canaries)}</div>
<div class="side"><h6>answered</h6>${answer === undefined ? html`<i class="none">nothing</i>` : reading.desk.show(answer, reading.canaries)}</div></div>`;
  }
  return undefined;
}

function callDetail(row: Row, event: Extract<Event, { kind: "call" }>, reading: Reading): Markup {
  const given = givenIn(event);
  const shown = shownIn(row.answer);
  const result = row.answer?.kind === "return" && shown === undefined ? row.answer.result : undefined;
  const prompt = event.params?.prompt;
  return html`<div class="detail">${when(event.messages !== undefined, () => html`<div class="side"><h6>${event.method === "assemble" ? "the host supplied" : "the host delivered"}</h6>${messageList(given, reading)}</div>`)}
${when(typeof prompt === "string" && row.mark !== undefined, () => html`<div class="side"><h6>with the prompt</h6>${reading.desk.show(String(prompt), reading.canaries)}</div>`)}
${when(shown !== undefined, () => html`<div class="side"><h6>the engine showed</h6>${messageList(shown ?? [], reading)}</div>`)}
${when(result !== undefined, () => html`<div class="side"><h6>the engine answered</h6>${reading.desk.show(JSON.stringify(result) ?? "", reading.canaries)}</div>`)}</div><p class="names">instance ${event.engine}, process ${event.process}; given: <bdi>${event.names.join(", ") || "nothing"}</bdi></p>`;
}

/** The first few, those that hold the content, and the others behind a fold. */
function messageList(messages: readonly AnyMessage[], reading: Reading): Markup {
  if (messages.length === 0) return html`<i class="none">no message</i>`;
  const numbered = messages.map((message, n) => ({ n, ...messageWords(message) }));
  const isFirst = ({ n, text }: { n: number; text: string }): boolean =>
    n < FIRST || reading.canaries.some((canary) => text.includes(canary));
  const rest = numbered.filter((one) => !isFirst(one));
  const items = (list: typeof numbered): Markup =>
    html`<ol class="messages">${list.map(
      ({ n, role, text }) =>
        html`<li value="${n}"><span class="role"><bdi>${role}</bdi></span> ${reading.desk.show(text, reading.canaries)}</li>`,
    )}</ol>`;
  const left = rest.length - MOST;
  return html`${items(numbered.filter(isFirst).slice(0, MOST))}${when(
    rest.length > 0,
    () =>
      html`<details class="rest"><summary>${rest.length} more</summary>${items(rest.slice(0, MOST))}${when(left > 0, () => html`<p>… and ${left} that only report.json holds</p>`)}</details>`,
  )}`;
}
