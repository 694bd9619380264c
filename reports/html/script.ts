// The page's script as text: filters, folds, copying, opening what a link points to, everything open on paper. The page works without it.
// Its digest stands in the page's policy, so both change together (a test says the new one).

export const SCRIPT = `(() => {
"use strict";
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
document.documentElement.classList.add("js");

// Families of the matrix fold.
const families = all("tbody.family");
const fold = (body, open) => {
  body.dataset.open = open ? "yes" : "no";
  body.querySelector(".fold").setAttribute("aria-expanded", String(open));
};
for (const body of families) {
  fold(body, body.dataset.open === "yes");
  body.querySelector(".fold").addEventListener("click", () => fold(body, body.dataset.open !== "yes"));
}

// The filter bar.
const form = document.querySelector(".filters");
const table = document.querySelector("table.matrix");
const articles = all("article.violation");
const filter = () => {
  const text = form.elements.text.value.trim().toLowerCase();
  const host = form.elements.host.value;
  const family = form.elements.family.value;
  const boxes = all("input[name=state]", form);
  const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const narrowed = text !== "" || host !== "" || family !== "" || states.size < boxes.length;
  table.classList.toggle("filtering", narrowed);
  const isHost = (element) => host === "" || element.dataset.host === host;
  for (const cell of all("[data-host]", table)) cell.hidden = !isHost(cell);
  let left = 0;
  let clauses = 0;
  for (const body of families) {
    let shown = 0;
    for (const row of all("tr.clause", body)) {
      const fits = all("td[data-state]", row).some((cell) => isHost(cell) && states.has(cell.dataset.state));
      row.hidden = !(fits && row.dataset.text.includes(text) && (family === "" || body.dataset.family === family));
      clauses += 1;
      if (!row.hidden) shown += 1;
    }
    body.hidden = shown === 0;
    left += shown;
  }
  let cards = 0;
  for (const article of articles) {
    let shown = 0;
    for (const exhibit of all(".exhibit", article)) {
      exhibit.hidden = !(isHost(exhibit) && states.has(exhibit.dataset.state));
      if (!exhibit.hidden) shown += 1;
    }
    article.hidden = shown === 0 || !article.dataset.text.includes(text) || (family !== "" && article.dataset.family !== family);
    if (!article.hidden) cards += 1;
  }
  const nothing = document.querySelector(".nothing-left");
  if (nothing !== null) nothing.hidden = cards > 0;
  form.querySelector(".left").textContent = narrowed ? left + " of " + clauses + " clauses" : "";
};
if (form !== null) {
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector(".reset").addEventListener("click", () => { form.reset(); filter(); });
  form.reset();
}

// A link opens what it points to.
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  for (let element = target; element !== null; element = element.parentElement) {
    if (element.tagName === "DETAILS") element.open = true;
    if (element.classList.contains("quiet")) showQuiet(element.closest(".timeline"), true);
  }
  target.scrollIntoView({ block: "start" });
};
addEventListener("hashchange", reveal);
for (const link of all("a[href^='#']")) link.addEventListener("click", () => { if (link.hash === location.hash) reveal(); });

// Events that say nothing show on demand.
const showQuiet = (timeline, shown) => {
  timeline.classList.toggle("all", shown);
  timeline.querySelector(".show-quiet").checked = shown;
};
for (const box of all(".show-quiet")) {
  box.checked = false;
  box.addEventListener("change", () => showQuiet(box.closest(".timeline"), box.checked));
}
for (const [name, open] of [["open-all", true], ["close-all", false]])
  for (const button of all("." + name)) button.addEventListener("click", () => { for (const card of all("details.fold-card")) card.open = open; });

// Copying, also where the browser keeps the clipboard to itself.
const select = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
};
for (const button of all("button.copy")) {
  button.addEventListener("click", async () => {
    const from = document.getElementById(button.dataset.from);
    const said = button.parentElement.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(from.textContent);
      said.textContent = "copied";
    } catch {
      select(from);
      said.textContent = document.execCommand("copy") ? "copied" : "selected: copy it with the keyboard";
    }
  });
}

// On paper nothing is folded but long texts.
let closed = [];
addEventListener("beforeprint", () => {
  closed = all("details.fold-card, details.exhibit").filter((one) => !one.open);
  for (const one of closed) one.open = true;
});
addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
if (location.hash !== "") reveal();
})();
`;

export const SCRIPT_SHA256 = "jCIP+bPhvDwH/cdPWf8YuAYWg0WhTrXvNH1e5evSWrs=";
