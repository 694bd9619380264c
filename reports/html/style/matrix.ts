// The matrix and the bar that filters it.

export const MATRIX = `
.filters{display:none;flex-wrap:wrap;gap:.5rem .9rem;align-items:center;margin-bottom:.8rem;font-size:.9rem}
.js .filters{display:flex}
.filters fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.35rem}
.filters input[type=search]{width:12rem}
.chip{display:inline-flex;gap:.35rem;align-items:center;border:1px solid var(--line);border-radius:99px;padding:.25rem .7rem;background:var(--card);cursor:pointer}
.chip b{font-weight:600;color:var(--soft)}
.chip:has(input:not(:checked)){opacity:.6}
.tail{display:inline-flex;gap:.6rem;align-items:center}
.left:empty{display:none}
table.matrix{border-collapse:separate;border-spacing:0;width:100%;font-size:.92rem;background:var(--card);border:1px solid var(--line);border-radius:10px}
.matrix th,.matrix td{padding:.4rem .5rem;border-bottom:1px solid var(--line);text-align:center}
.matrix tbody:last-child tr:last-child>*{border-bottom:0}
.matrix th[scope=row],.matrix th[scope=rowgroup],.matrix thead th:first-child{text-align:left;position:sticky;left:0;background:var(--card);z-index:1;border-right:1px solid var(--line)}
.matrix thead th{font-size:.82rem;color:var(--soft);font-weight:600;vertical-align:bottom}
.matrix thead th:first-child{border-top-left-radius:10px}
.matrix .sum>*{background:var(--band)!important;font-weight:600}
.matrix .clause th{font-weight:400;padding-left:1.5rem}
.matrix .title{display:block;color:var(--soft);font-size:.82rem;line-height:1.35;max-width:34rem}
.matrix td{white-space:nowrap;font-variant-numeric:tabular-nums;min-width:5.6rem}
.matrix td a,.matrix td>span{display:inline-flex;gap:.35rem;align-items:center;justify-content:center;min-height:1.6rem;padding:0 .3rem;color:inherit;text-decoration:none}
.matrix td a{text-decoration:underline;text-underline-offset:3px;font-weight:600}
.matrix .sum .icon{margin-right:.35rem}
.c-violated,.c-flaky{background:var(--bad-bg)}.c-warning{background:var(--warn-bg)}
.c-not-applicable{color:var(--soft)}
.fold{border:0;background:none;padding:.1rem .3rem .1rem 0;font-weight:650;text-transform:capitalize}
.js .fold::before{content:"";display:inline-block;width:.45em;height:.45em;margin:0 .6em .1em .2em;border-right:2px solid;border-bottom:2px solid;transform:rotate(45deg)}
.js .fold[aria-expanded=false]::before{transform:rotate(-45deg)}
.js tbody.family[data-open=no] tr.clause{display:none}
.js .filtering tbody.family tr.clause:not([hidden]){display:table-row}
@media (max-width:640px){
.matrix th,.matrix td{padding:.35rem .2rem}
.matrix td{min-width:2.3rem}
.matrix .clause th{padding-left:.6rem}
.matrix thead th span{writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block;white-space:nowrap}
.matrix .count{font-size:.7rem}
.matrix td a,.matrix td>span{flex-direction:column;gap:0;padding:0}
.matrix .sum .icon{margin:0 auto;display:block}
.matrix .title{display:none}
.matrix .level{display:none}
.matrix code{font-size:.76rem}
.filters input[type=search]{width:100%}.filters .find{flex:1 1 100%}
}
@media print{.js tbody.family[data-open=no] tr.clause{display:table-row}.matrix th{position:static!important}}
`;
