// Violations: card, requirement, expected against actual, the way of the content, replay.

export const VIOLATION = `
.tools{margin-bottom:.6rem;display:none}
.js .tools{display:flex;gap:.5rem}
.violation{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-bottom:.9rem}
.fold-card>summary{padding:.8rem 1rem .8rem 2.1rem;position:relative;list-style:none}
.fold-card>summary::-webkit-details-marker{display:none}
.fold-card>summary::before{content:"";position:absolute;left:1rem;top:1.3rem;width:.5em;height:.5em;border-right:2px solid;border-bottom:2px solid;transform:rotate(-45deg)}
.fold-card[open]>summary::before{transform:rotate(45deg)}
.fold-card>summary h3{display:inline;margin:0}
.fold-card>summary h3 .icon{margin-right:.35rem;font-size:1.1em}
.host{color:var(--soft);font-weight:400;font-size:.88rem;white-space:nowrap;margin-left:.35rem}
.gist{color:var(--soft);font-size:.92rem;margin-top:.15rem}
.fold-card[open]>summary{border-bottom:1px solid var(--line)}
.body{padding:.2rem 1rem 1.1rem}
.law{font-size:1.05rem;font-weight:600;max-width:46rem}
.sources{list-style:none;padding:.5rem 0 .1rem .9rem;border-left:3px solid var(--line);margin:.5rem 0;font-size:.9rem}
.sources a{overflow-wrap:anywhere;font-size:.85rem}
.message .said,.versus .said{font-family:inherit;font-size:1em}
.message{max-width:54rem}
.versus{display:grid;grid-template-columns:1fr 1fr;gap:.7rem;margin-top:.7rem}
.versus>div{border-radius:8px;padding:.6rem .8rem;border:1px solid var(--line);min-width:0}
.versus h5{font-size:.8rem;margin-bottom:.15rem}
.expected{background:var(--good-bg)}.expected h5{color:var(--good)}
.actual{background:var(--bad-bg)}.actual h5{color:var(--bad)}
.way{list-style:none;display:flex;flex-wrap:wrap;gap:.8rem 1.7rem;padding:.3rem 0 .2rem}
.card{position:relative;flex:1 1 14rem;max-width:22rem;overflow-wrap:anywhere;border:1px solid var(--line);border-top:4px solid var(--kn);border-radius:8px;padding:.5rem .7rem;font-size:.9rem;background:var(--bg);min-width:0}
.card.k-0{border-top-color:var(--k0)}.card.k-1{border-top-color:var(--k1)}.card.k-2{border-top-color:var(--k2)}.card.k-3{border-top-color:var(--k3)}.card.k-4{border-top-color:var(--k4)}.card.k-5{border-top-color:var(--k5)}
.card.end{border-top-color:var(--bad);background:var(--bad-bg)}
.card:not(:last-child)::after{content:"";position:absolute;right:-1.15rem;top:1.15rem;width:.75rem;height:.75rem;border-top:3px solid var(--chain);border-right:3px solid var(--chain);transform:rotate(45deg)}
.card-head{font-weight:600}
.card .carried{margin:.3rem 0;padding:.3rem .5rem;background:var(--band);border-radius:6px}
.card .carried .where{display:block;font-size:.78rem}
.card>.where{font-size:.78rem;overflow-wrap:anywhere}
.mark{display:inline-flex;min-width:1.35rem;height:1.35rem;padding:0 .3rem;border-radius:99px;background:var(--chain);color:#fff;font-size:.78rem;font-weight:700;align-items:center;justify-content:center}
.replay{display:flex;gap:.6rem;align-items:center;flex-wrap:wrap}
.replay code{flex:1 1 16rem;background:var(--band);border-radius:7px;padding:.5rem .7rem;user-select:all}
.copied{color:var(--good);font-size:.88rem}
html:not(.js) .copy{display:none}
details.exhibit{border-top:1px solid var(--line);margin-top:1.1rem;padding-top:.7rem}
details.exhibit>summary{font-size:.98rem}
@media screen and (prefers-color-scheme:dark){.mark{color:#300}}
@media (max-width:640px){.versus{grid-template-columns:minmax(0,1fr)}.way{flex-direction:column;gap:1.5rem}.card{flex:none;max-width:none}
.card:not(:last-child)::after{right:auto;left:1.6rem;top:auto;bottom:-1.05rem;transform:rotate(135deg)}.body{padding:.2rem .7rem 1rem}.fold-card>summary{padding:.7rem .7rem .7rem 1.8rem}.fold-card>summary::before{left:.7rem}}
@media print{.violation{border:0;border-top:2px solid var(--line);border-radius:0}.body{padding:0}}
`;
