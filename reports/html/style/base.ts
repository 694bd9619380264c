// Colours, type and the parts every section uses. Light and dark come from the reader's system; on paper it is always light.

export const BASE = `
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1c1e21;--soft:#555b63;--line:#dadde1;--band:#f1f2f4;--link:#0b57d0;
--bad:#b3261e;--bad-bg:#fdecea;--good:#146c2e;--good-bg:#e7f4ea;--warn:#8a5300;--warn-bg:#fdf1dc;--mark:#ffe08a;--mark-ink:#2b2100;--chain:#d93025;
--k0:#1a63c5;--k1:#0b7a75;--k2:#8d3fc0;--k3:#a05a00;--k4:#b0306f;--k5:#4d6b1f;--kn:#767c85}
@media screen and (prefers-color-scheme:dark){:root{--bg:#131518;--card:#1b1e22;--ink:#e7e9ec;--soft:#a9b0b9;--line:#353a41;--band:#24282e;--link:#8ab4f8;
--bad:#f28b82;--bad-bg:#3a1f1d;--good:#81c995;--good-bg:#1a2e20;--warn:#fdc46a;--warn-bg:#362a14;--mark:#6b5200;--mark-ink:#ffeab0;--chain:#ff6b60;
--k0:#78a9ff;--k1:#4fc6bf;--k2:#c58af9;--k3:#f0a95b;--k4:#ff8bc0;--k5:#a9cf6a;--kn:#8c939c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:1.25rem 1rem 4rem}
h1,h2,h3,h4,h5,h6,p,dl,dd,ol,ul{margin:0;padding:0}
h1{font-size:1.8rem;line-height:1.2;overflow-wrap:anywhere}
h2{font-size:1.3rem;margin:2.4rem 0 .8rem}
h3{font-size:1.05rem;margin:1.2rem 0 .4rem}
h4{font-size:.98rem;margin:1.4rem 0 .4rem}
h5{font-size:.95rem}
h6{font-size:.78rem;color:var(--soft);font-weight:600}
p+p,p+ul{margin-top:.4rem}
a{color:var(--link)}
code,pre,.said,.key{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
pre{overflow:auto;margin:0;white-space:pre-wrap}
.said{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.said.all{display:block;max-height:24rem;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:.5rem;margin-top:.3rem}
code{overflow-wrap:anywhere}
mark{background:var(--mark);color:var(--mark-ink);border-radius:3px;padding:0 2px}
button,input,select{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:7px;padding:.3rem .6rem;min-height:2.2rem}
button{cursor:pointer}
input[type=checkbox]{min-height:0;accent-color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
summary{cursor:pointer}
.icon{width:1em;height:1em;vertical-align:-.12em;flex:none}
.s-passed{color:var(--good)}.s-violated,.s-flaky{color:var(--bad)}.s-warning,.s-inconclusive,.s-excused{color:var(--warn)}.s-not-applicable{color:var(--soft)}
.sprite{position:absolute}
.out{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem 1rem;z-index:9}
.about,.where,.none{color:var(--soft);font-size:.9rem}
.about{max-width:46rem}
.notice{background:var(--warn-bg);border-left:4px solid var(--warn);padding:.5rem .8rem;border-radius:4px;margin-top:.8rem}
.kicker{color:var(--soft);font-size:.85rem}
.version{font-weight:400;color:var(--soft);font-size:1.1rem}
.source{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
.verdict{display:flex;gap:1rem;align-items:flex-start;margin-top:1rem;padding:1rem 1.1rem;border-radius:12px;border:1px solid var(--line);border-left:6px solid var(--warn);background:var(--warn-bg)}
.verdict h2{margin:0;font-size:1.5rem;line-height:1.2}
.verdict .sign{font-size:1.9rem;line-height:1}
.v-conforms{border-left-color:var(--good);background:var(--good-bg)}
.v-violates,.v-flaky,.v-error{border-left-color:var(--bad);background:var(--bad-bg)}
.figures{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin-top:1rem}
.figures div{display:flex;flex-direction:column-reverse}
.figures dd{font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums}
.figures dt{color:var(--soft);font-size:.85rem}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin-top:1.2rem;padding-top:.7rem;border-top:1px solid var(--line)}
nav a{padding:.2rem 0}
ul{padding-left:1.2rem}
.scroll{overflow-x:auto}
table.plain{border-collapse:collapse;width:100%;font-size:.92rem}
table.plain th,table.plain td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
table.plain .n{text-align:right;font-variant-numeric:tabular-nums}
table.plain td:last-child{min-width:14rem}
table.plain tbody th{white-space:nowrap}
.left-out{color:var(--soft)}
.edges{margin-top:.6rem}
.edges ul{columns:20rem;font-size:.85rem;list-style:none;padding:.4rem 0 0}
.missing dt{font-weight:600;margin-top:.5rem;overflow-wrap:anywhere}
.missing dd{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.2rem}
.facts dt{color:var(--soft)}
.facts dd{overflow-wrap:anywhere}
.level{font-size:.75rem;border:1px solid var(--line);border-radius:99px;padding:.05rem .5rem;color:var(--soft);white-space:nowrap;font-weight:500}
[hidden]{display:none!important}
@media (max-width:640px){main{padding:.8rem .75rem 3rem}h1{font-size:1.45rem}.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dt{margin-top:.4rem}.figures{gap:.4rem 1.4rem}}
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}nav,.filters,.tools,.copy,.every,.skip{display:none!important}a{color:inherit;text-decoration:none}
.said.all{max-height:none}h2,h3,h4{break-after:avoid}.verdict,.card,.versus,.row{break-inside:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
