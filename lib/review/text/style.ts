/**
 * One style for every page: the system's own type, one accent colour, figures that align, light and dark by what the reader's
 * system says. Colours have a contrast of at least 4.5 to 1 for text, which a test in a browser measures.
 */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--ground:#fff;--tint:#f5f7f9;
--accent:#0b5fa5;--bad:#a8200d;--warn:#7a4d00;--bar:#8cb8dc;--gone:#d9a79d}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa4af;--line:#30363d;--ground:#12161b;--tint:#1a2027;
--accent:#6cb4f0;--bad:#ff8f7a;--warn:#e0b050;--bar:#2f6ea3;--gone:#8a4a3e}}
*{box-sizing:border-box}
html{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;color:var(--ink);background:var(--ground);
-webkit-text-size-adjust:100%}
body{max-width:66rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:.25rem 0 .5rem}
h2{font-size:1.2rem;line-height:1.3;font-weight:650;margin:2.75rem 0 .75rem;letter-spacing:-.005em}
h3{font-size:1.05rem;font-weight:650;margin:2.25rem 0 .5rem}
h4{font-size:1rem;font-weight:600;margin:1.5rem 0 .25rem}
p{margin:.4rem 0;max-width:46rem}
.lead{font-size:1.06rem}
.quiet,footer,caption,.note{color:var(--soft)}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.18em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
main:focus{outline:none}
code{font:.86em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
th code,small code,td.nowrap code{white-space:nowrap}
td code{overflow-wrap:normal}
ul{padding-left:1.1rem;margin:.4rem 0 1rem}
li{margin:.3rem 0;max-width:48rem;overflow-wrap:anywhere}
.skip{position:absolute;left:-100rem;top:.5rem;background:var(--ground);padding:.4rem .8rem;border:1px solid var(--accent)}
.skip:focus{left:1rem}
nav{font-size:.9rem}
footer{margin-top:4rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.875rem}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.5rem 1.25rem .5rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:500;color:var(--soft);white-space:nowrap;padding-top:.25rem}
tbody th{font-weight:inherit}
small code{font-size:1em}
tbody tr:last-child>*{border-bottom:0}
td.number,th.number{text-align:right}
.nowrap{white-space:nowrap}
small,.small{font-size:.8125rem;line-height:1.45;color:var(--soft);display:block;font-weight:400}
details{border-top:1px solid var(--line);padding:.55rem 0}
details+details{margin-top:0}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;max-width:60rem}
summary::marker{color:var(--accent)}
details[open]>summary{margin-bottom:.5rem}
.bad{color:var(--bad)}
.warn{color:var(--warn)}
.good{color:var(--accent)}
.state{font-weight:600}
dl.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1.25rem 2rem;margin:1rem 0}
dl.figures div{border-top:2px solid var(--line);padding-top:.5rem}
dl.figures dt{font-size:.8125rem;color:var(--soft)}
dl.figures dd{margin:0;font-size:1.35rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums}
dl.figures dd small{margin-top:.15rem}
dl.facts{display:grid;grid-template-columns:9rem 1fr;gap:.35rem 1.25rem;margin:1rem 0}
dl.facts dt{color:var(--soft)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
svg{display:block;max-width:100%;height:auto}
svg .bar{fill:var(--bar)}
svg .gone{fill:var(--gone)}
svg .new{fill:var(--accent)}
svg .rail{fill:var(--line)}
svg text{fill:var(--ink);font-size:13px}
@media (max-width:40rem){
body{padding:1.5rem 1.1rem 3rem}
h1{font-size:1.45rem}
dl.facts{grid-template-columns:1fr;gap:.1rem}
dl.facts dd{margin-bottom:.6rem}
.cards thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.cards,.cards tbody,.cards tr,.cards th,.cards td{display:block;width:100%;border:0;padding:0}
.cards tr{border-top:1px solid var(--line);padding:.9rem 0}
.cards tbody th{font-size:1.05rem}
.cards td{display:grid;grid-template-columns:6.5rem 1fr;column-gap:.75rem;margin-top:.5rem}
.cards td>*{grid-column:2}
.cards td[data-label]::before{content:attr(data-label);grid-row:1 / span 4;font-size:.875rem;color:var(--soft)}
}
@media print{body{max-width:none;padding:0}.skip{display:none}}
`;
