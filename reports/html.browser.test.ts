/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// The page in a real browser: it renders without a complaint, its filters, folds, links and copying work, engine text is inert, it fits a
// phone, and an accessibility checker finds nothing.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser, CHROMIUM, NO_CHROMIUM } from "./fixtures/browser.fixture.js";
import { broken, failing, hostile, LONG, motley, passing } from "./fixtures/reports.fixture.js";
import html from "./html.js";

const render = (report: Parameters<typeof html.render>[0]): string => html.render(report, { colour: false, width: 120 });

const suite = CHROMIUM === undefined ? describe.skip : describe;
const title = CHROMIUM === undefined ? `the page in a browser (skipped: ${NO_CHROMIUM})` : "the page in a browser";

suite(title, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await Browser.start();
  });
  afterAll(async () => browser?.close());

  const visible = (page: Page, selector: string): Promise<number> =>
    page.evaluate((css) => [...document.querySelectorAll(css)].filter((one) => one.checkVisibility()).length, selector);

  it.each(Object.entries({ passing, failing, hostile, motley, broken }))(
    "renders %s without a complaint, on a phone, too",
    async (name, make) => {
      const { page, complaints } = await browser.open(render(make()), name);
      expect(await visible(page, "h1")).toBe(1);
      await openAll(page);
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      await page.emulateMedia({ media: "print" });
      await page.emulateMedia({ media: "screen", colorScheme: "dark" });
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("filters matrix and violations", async () => {
    const report = failing();
    const { page, complaints } = await browser.open(render(report), "filters");
    const rows = (): Promise<number> => visible(page, "tr.clause");
    const cards = (): Promise<number> => visible(page, "article.violation");
    const violated = new Set(report.clauses.filter((clause) => clause.verdict === "violated").map((clause) => clause.id)).size;
    expect(await cards()).toBe(violated);

    await page.fill("input[name=text]", "isolation-t");
    expect([await rows(), await cards()]).toEqual([1, 1]);
    expect(await page.textContent(".left")).toMatch(/^1 of \d+ clauses$/);
    await page.click(".reset");

    await page.selectOption("select[name=host]", "heartbeat-run-durable");
    expect(await visible(page, "td[data-host='openclaw-2026.9']")).toBe(0);
    const there = report.clauses.filter(({ verdict, host }) => verdict === "violated" && host === "heartbeat-run-durable");
    expect(await cards()).toBe(there.length);
    await page.selectOption("select[name=host]", "");

    for (const box of await page.locator("input[name=state]").all())
      if ((await box.getAttribute("value")) !== "warning") await box.uncheck();
    expect([await rows(), await cards()]).toEqual([1, 1]);
    await page.locator("input[name=state][value=warning]").uncheck();
    expect([await rows(), await cards()]).toEqual([0, 0]);
    expect(await visible(page, ".nothing-left")).toBe(1);
    await page.click(".reset");
    expect(await cards()).toBe(violated);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("folds families and reaches a violation from its cell, with the keyboard alone", async () => {
    const { page, complaints } = await browser.open(render(failing()), "keyboard");
    const family = page.locator("tbody[data-family=assemble] .fold");
    expect(await family.getAttribute("aria-expanded")).toBe("false");
    await family.focus();
    await page.keyboard.press("Enter");
    expect(await family.getAttribute("aria-expanded")).toBe("true");
    expect(await visible(page, "tbody[data-family=assemble] tr.clause")).toBeGreaterThan(1);

    expect(await visible(page, "#v-isolation-tick-openclaw-2026-9")).toBe(0);
    await page.locator("tr[data-id=isolation-tick] td[data-host='openclaw-2026.9'] a").focus();
    await page.keyboard.press("Enter");
    expect(await visible(page, "#v-isolation-tick-openclaw-2026-9")).toBe(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("draws the timeline: lanes, the chain through its stations, details, quiet events", async () => {
    const { page, complaints } = await browser.open(render(failing()), "timeline");
    await page.click(".open-all");
    const exhibit = page.locator("#v-isolation-tick-openclaw-2026-9");
    expect(await exhibit.locator(".legend li").count()).toBe(2);
    expect(await exhibit.locator(".row.blamed").count()).toBe(2);
    expect(await exhibit.locator(".row.blamed mark").count()).toBeGreaterThanOrEqual(2);
    const joined = await exhibit.evaluate(chainIsUnbroken);
    expect(joined).toEqual({ parts: expect.any(Number), gaps: 0 });
    expect(joined.parts).toBeGreaterThan(2);

    const quiet = (): Promise<number> => visible(page, "#v-isolation-tick-openclaw-2026-9 .row.quiet");
    expect(await quiet()).toBe(0);
    await exhibit.locator(".show-quiet").check();
    expect(await quiet()).toBeGreaterThan(5);
    expect((await exhibit.evaluate(chainIsUnbroken)).gaps).toBe(0);

    const first = exhibit.locator(".row:not(.quiet):not(.blamed) details").first();
    expect(await first.evaluate((one) => (one as HTMLDetailsElement).open)).toBe(false);
    await first.locator("summary").first().click();
    expect(await first.locator(".names").isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("copies the replay command", async () => {
    const { page, complaints } = await browser.open(render(failing()), "copy");
    const card = page.locator("article[data-id=history-commit-once] .replay").first();
    await card.locator(".copy").click();
    await card.locator(".copied", { hasText: "copied" }).waitFor();
    await page.fill("input[name=text]", "");
    await page.focus("input[name=text]");
    await page.keyboard.press("Control+V");
    expect(await page.inputValue("input[name=text]")).toMatch(/^npx ctxspec replay .*history-commit-once/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("shows engine text as text, and a long line whole on demand", async () => {
    const { page, complaints } = await browser.open(render(hostile()), "inert");
    await page.click(".open-all");
    expect(await page.evaluate("globalThis.owned")).toBeUndefined();
    expect(await page.textContent("h1")).toContain("<script>globalThis.owned = true</script><img src=x");
    expect(await page.locator("img").count()).toBe(0);
    const whole = page.locator("details.whole", { hasText: "its end" }).first();
    expect(await whole.locator("bdi").isVisible()).toBe(false);
    await whole.locator("summary").click();
    expect((await whole.locator("bdi").textContent())?.endsWith(LONG.slice(-200))).toBe(true);
    expect(await page.evaluate(directionsAreKept)).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ["failing", "light", failing],
    ["failing", "dark", failing],
    ["passing", "light", passing],
  ] as const)("has nothing that axe objects to: %s, %s", async (name, colorScheme, make) => {
    const { page } = await browser.open(render(make()), `axe-${name}-${colorScheme}`);
    await page.emulateMedia({ colorScheme });
    await openAll(page);
    const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    await page.evaluate(source);
    const violations = await page.evaluate<string[]>(
      `axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")))`,
    );
    expect(violations).toEqual([]);
    await page.close();
  });
});

/** A page without violations has nothing to open. */
async function openAll(page: Page): Promise<void> {
  const button = page.locator(".open-all");
  if ((await button.count()) > 0) await button.click();
}

/** Runs in the page: the pieces of the chain, and where one does not meet the next. */
function chainIsUnbroken(exhibit: Element): { parts: number; gaps: number } {
  const boxes = [...exhibit.querySelectorAll(".chain")]
    .map((part) => part.getBoundingClientRect())
    .filter((box) => box.height > 0);
  const gaps = boxes.filter((box, n) => {
    const before = boxes[n - 1];
    return before !== undefined && Math.abs(box.top - before.bottom) > 2;
  });
  return { parts: boxes.length, gaps: gaps.length };
}

/** Runs in the page: no said text changes the direction of what is around it. */
function directionsAreKept(): boolean {
  return [...document.querySelectorAll(".said")].every(
    (said) => getComputedStyle(said).unicodeBidi === "isolate" || said.tagName === "PRE",
  );
}
