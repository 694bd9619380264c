// The timeline: rows of text beside strips of drawing that join from row to row.

import { MOST_COLUMNS } from "../timeline/lanes.js";
import { widthOf } from "../timeline/strip.js";

const WIDTHS = Array.from({ length: MOST_COLUMNS }, (_, n) => `.w-${n + 1}{width:${widthOf(n + 1)}px}`).join("");

export const TIMELINE = `
.timeline{margin-top:.5rem}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.15rem 1.3rem;font-size:.85rem}
.legend li{display:flex;gap:.35rem;align-items:baseline;flex-wrap:wrap}
.legend svg{align-self:center}
.legend .key{overflow-wrap:anywhere}.legend .id{color:var(--soft)}
.every{display:none;font-size:.85rem;color:var(--soft);margin-top:.5rem}
.js .every{display:inline-flex;gap:.4rem;align-items:center;cursor:pointer}
.steps,.rows{list-style:none;padding:0}
.steps{margin-top:.6rem;border:1px solid var(--line);border-radius:10px;overflow:hidden}
.row{display:flex;align-items:stretch}
.strip{flex:none;position:relative;border-right:1px solid var(--line)}
.row{min-height:34px}
.strip svg{position:absolute;inset:0}
${WIDTHS}
.what{flex:1 1 auto;min-width:0;padding:.32rem .8rem}
.step-head{background:var(--band)}
.step+.step .step-head{border-top:1px solid var(--line)}
.step-head .what{padding:.45rem .8rem}
.step-id{font-family:ui-monospace,Menlo,Consolas,monospace;background:var(--card);border:1px solid var(--line);border-radius:5px;padding:0 .35rem}
.step-head .where{overflow-wrap:anywhere;font-size:.82rem;margin:0}
.step-head .why{font-size:.86rem;margin-top:.1rem}
.skipped h5{color:var(--soft);text-decoration:line-through}
.line{font-size:.92rem;overflow-wrap:anywhere}
.line code{font-weight:650}
.outcome{font-weight:600}
.lane-name{display:inline-block;font-size:.75rem;border:1px solid currentColor;border-radius:99px;padding:0 .45rem;white-space:nowrap}
.lane-name.k-0{color:var(--k0)}.lane-name.k-1{color:var(--k1)}.lane-name.k-2{color:var(--k2)}.lane-name.k-3{color:var(--k3)}.lane-name.k-4{color:var(--k4)}.lane-name.k-5{color:var(--k5)}
.blamed{background:var(--bad-bg)}
.row:target{box-shadow:inset 0 0 0 2px var(--link)}
.sign-overflow .line,.sign-throw .line{color:var(--warn);font-weight:600}
.sign-break .line{font-weight:650}
.js .timeline:not(.all) .quiet{display:none}
.quiet .line{color:var(--soft)}
.detail{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:.3rem 1.2rem;padding:.3rem 0 .3rem .2rem;font-size:.9rem}
.side{min-width:0}
.names{padding-left:.2rem;font-size:.76rem;color:var(--soft);overflow-wrap:anywhere;margin:0}
.messages{list-style:none;padding:0}
.messages li{padding:.15rem 0;border-top:1px dotted var(--line)}
.messages li:first-child{border-top:0}
.role{font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:4px;padding:0 .3rem;margin-right:.2rem}
.none{font-style:italic}
.lane{stroke-width:3;opacity:.55}
.lane.k-0{stroke:var(--k0)}.lane.k-1{stroke:var(--k1)}.lane.k-2{stroke:var(--k2)}.lane.k-3{stroke:var(--k3)}.lane.k-4{stroke:var(--k4)}.lane.k-5{stroke:var(--k5)}
.sign{fill:var(--kn);stroke:var(--card);stroke-width:1.5}
.sign.k-0{fill:var(--k0)}.sign.k-1{fill:var(--k1)}.sign.k-2{fill:var(--k2)}.sign.k-3{fill:var(--k3)}.sign.k-4{fill:var(--k4)}.sign.k-5{fill:var(--k5)}
.sign.open{fill:var(--card);stroke:var(--kn);stroke-width:2}
.sign.over{fill:var(--warn)}
.sign.marked{stroke:var(--chain);stroke-width:2.5}
.chain{stroke:var(--chain);stroke-width:3;fill:none;stroke-linecap:round}
.cut{stroke:var(--ink);stroke-width:2;stroke-dasharray:4 3}
@media (max-width:640px){.what{padding:.3rem .5rem}.step-head .what{padding:.4rem .5rem}}
@media print{.js .timeline:not(.all) .quiet{display:none}.steps{overflow:visible}}
`;
