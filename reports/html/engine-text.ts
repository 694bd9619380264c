// Text that came from an engine or a user, shown as text: escaped, kept from turning the direction of what stands around it, long ones cut
// with the whole behind a fold. Each long text is written out once in a page; later places point to it.

import { thousands } from "../words/verdicts.js";
import { html, type Markup } from "./markup.js";

const CUT = 480;
/** Characters that stand before the first highlight in a cut text. */
const LEAD = 60;

/** What one page has written out already, and what is highlighted at the moment. */
export class TextDesk {
  private readonly whole = new Map<string, string>();

  /** `marks`: tokens to highlight. */
  show(text: string, marks: readonly string[] = []): Markup {
    if (text === "") return html`<i class="none">empty</i>`;
    if (text.length <= CUT) return html`<bdi class="said" dir="auto">${highlighted(text, marks)}</bdi>`;
    const excerpt = html`<bdi class="said" dir="auto">${highlighted(excerptOf(text, marks), marks)}</bdi>`;
    const size = `${thousands(text.length)} characters`;
    const known = this.whole.get(text);
    if (known !== undefined) return html`${excerpt} <a class="whole" href="#${known}">whole text (${size}) further up</a>`;
    const id = `text-${this.whole.size + 1}`;
    this.whole.set(text, id);
    return html`${excerpt}
<details class="whole" id="${id}"><summary>show all ${size}</summary><bdi class="said all" dir="auto" tabindex="0">${highlighted(text, marks)}</bdi></details>`;
  }
}

/** The beginning, or what stands around the first highlight. */
function excerptOf(text: string, marks: readonly string[]): string {
  const first = marks.map((mark) => text.indexOf(mark)).filter((at) => at >= 0);
  const at = first.length === 0 ? 0 : Math.min(...first);
  const from = at + LEAD < CUT ? 0 : at - LEAD;
  return `${from > 0 ? "…" : ""}${text.slice(from, from + CUT)}…`;
}

function highlighted(text: string, marks: readonly string[]): Markup[] {
  if (marks.length === 0) return [html`${text}`];
  const parts: Markup[] = [];
  let rest = text;
  for (;;) {
    const next = marks.map((mark) => ({ mark, at: rest.indexOf(mark) })).filter(({ at }) => at >= 0);
    const first = next.sort((a, b) => a.at - b.at)[0];
    if (first === undefined) return [...parts, html`${rest}`];
    parts.push(html`${rest.slice(0, first.at)}<mark>${first.mark}</mark>`);
    rest = rest.slice(first.at + first.mark.length);
  }
}
