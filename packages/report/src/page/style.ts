/**
 * Colours are those of Okabe and Ito, which people who see few colours can tell apart, and every line has a pattern of its
 * own besides.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --card: #f4f4f0; --ink: #1b1d1f; --soft: #5c6166; --rule: #dcddd8; --grid: #00000014;
  --blue: #0072b2; --sky: #3a93c9; --green: #008f68; --orange: #c77700; --red: #d55e00; --purple: #a8487f;
  --tint0: #56b4e9; --tint1: #e69f00; --tint2: #cc79a7; --tint3: #8d949b;
  --strip: 42%; --band: 9%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --card: #1f2226; --ink: #e9eaec; --soft: #9ba1a8; --rule: #34383d; --grid: #ffffff17;
    --blue: #56b4e9; --sky: #9ad2f2; --green: #2fc79a; --orange: #f0ad2b; --red: #ff8a3d; --purple: #e39cc2;
    --strip: 38%; --band: 11%;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1180px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 34px; line-height: 1.15; margin: 2px 0 10px; letter-spacing: -.02em; overflow-wrap: anywhere; }
section > h2 { font-size: 20px; letter-spacing: -.01em; margin: 44px 0 12px; }
h3 { font-size: 12px; font-weight: 600; color: var(--soft); margin: 12px 0 2px; }
p { margin: 0; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em; }
.kicker { color: var(--soft); font-size: 13px; }
.soft, .none { color: var(--soft); }
.pages { display: flex; gap: 18px; margin-bottom: 22px; font-size: 14px; }
.pages a { color: var(--soft); } .pages [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
/* Turned about, so that the end of it is what one sees first. */
.log {
  display: flex; flex-direction: column-reverse; max-height: 60vh; overflow: auto;
  margin: 8px 0 0; padding: 12px 16px; background: var(--card); border-radius: 8px;
  font: 13px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere;
}
.status { color: var(--soft); }
.pill { display: inline-block; padding: 1px 10px; border-radius: 99px; font-weight: 600; color: var(--paper); background: var(--soft); margin-right: 4px; }
.pill.success { background: var(--green); } .pill.running { background: var(--blue); } .pill.failed { background: var(--red); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 16px 0 0; font-size: 13.5px; }
.facts div { display: flex; gap: 7px; max-width: 100%; }
.facts dt { color: var(--soft); flex: none; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 1px; background: var(--rule); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; margin-top: 28px; }
.figure { background: var(--paper); padding: 14px 16px 13px; }
.figure h2 { font-size: 12.5px; font-weight: 500; color: var(--soft); margin: 0; line-height: 1.3; }
.figure .value { font-size: 21px; font-weight: 600; letter-spacing: -.02em; line-height: 1.35; white-space: nowrap; }
.figure .long { font-size: 16px; line-height: 1.77; }
.figure .note { font-size: 12px; color: var(--soft); line-height: 1.35; }
.hint { margin-top: 14px; padding: 11px 16px; background: var(--card); border-radius: 8px; }
.hint code { white-space: nowrap; }

.graphs { overflow-x: auto; }
svg { display: block; }
#graphs { width: 100%; min-width: 760px; height: auto; font: 11px/1 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
#graphs text { fill: var(--ink); }
#graphs .axis, #graphs .legend { fill: var(--soft); }
#graphs .day { font-weight: 600; fill: var(--ink); }
#graphs .title { font-size: 14px; font-weight: 600; }
#graphs .unit { font-weight: 400; font-size: 12px; fill: var(--soft); }
#graphs .stayname { font-weight: 500; white-space: pre; }
.grid { stroke: var(--grid); } .base { stroke: var(--soft); stroke-width: .75; }
.tint0 { --tint: var(--tint0); } .tint1 { --tint: var(--tint1); } .tint2 { --tint: var(--tint2); } .tint3 { --tint: var(--tint3); }
.strip { fill: color-mix(in srgb, var(--tint) var(--strip), var(--paper)); }
.band { fill: color-mix(in srgb, var(--tint) var(--band), transparent); }
.still { fill: url(#hatch); } .hatch { stroke: var(--soft); stroke-width: 1.6; opacity: .55; }
.line { fill: none; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
.line.cpu { stroke: var(--blue); }
.line.mem { stroke: var(--green); } .area.mem { fill: var(--green); opacity: .28; }
.line.swap { stroke: var(--red); } .area.swap { fill: var(--red); opacity: .4; }
.line.cache { stroke: var(--sky); stroke-dasharray: 1.5 3; }
.line.stall { stroke: var(--red); stroke-width: 1; } .area.stall { fill: var(--red); opacity: .3; }
.area.envelope, .envelope { fill: var(--blue); opacity: .22; }
.line.rate0 { stroke: var(--blue); } .line.rate1 { stroke: var(--orange); stroke-dasharray: 5 2.5; }
.level { fill: none; }
.level.capacity { stroke: var(--ink); stroke-width: 1.75; }
.level.threshold { stroke: var(--orange); stroke-width: 1.25; stroke-dasharray: 6 4; }
.level.asked { stroke: var(--purple); stroke-width: 1.5; stroke-dasharray: 1.5 3.5; stroke-linecap: round; }
#graphs .name { font-weight: 500; }
#graphs .name.threshold { fill: var(--orange); } #graphs .name.asked { fill: var(--purple); }
.mark path { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 2; fill: none; opacity: .75; }
.mark rect { fill: var(--ink); } #graphs .mark text { fill: var(--paper); font-weight: 600; white-space: pre; }
.mark:hover rect, .mark:focus rect { fill: var(--blue); }
#cursor { stroke: var(--ink); stroke-width: .75; opacity: .6; pointer-events: none; }
#tip { position: fixed; z-index: 2; max-width: 330px; padding: 9px 12px; border-radius: 7px; background: var(--ink); color: var(--paper); font-size: 12.5px; line-height: 1.4; pointer-events: none; box-shadow: 0 4px 18px #0004; }
#tip .when { opacity: .75; } #tip .head { font-weight: 600; white-space: pre; } #tip td { padding: 0 12px 0 0; border: 0; } #tip td.n { padding: 0; }

.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13.5px; width: 100%; }
th { font-weight: 500; color: var(--soft); text-align: left; font-size: 12.5px; }
th, td { padding: 6px 12px 6px 0; vertical-align: top; border-bottom: 1px solid var(--rule); }
.n { text-align: right; white-space: nowrap; } td.n:last-child, th.n:last-child { padding-right: 0; }
tfoot td { font-weight: 600; border-bottom: 0; }
.moves .line td { border-bottom: 0; padding-top: 14px; } .moves .more > td { padding: 0 0 16px; }
.moves tbody:target { background: color-mix(in srgb, var(--tint1) 14%, transparent); }
.no span, .badge { display: inline-block; min-width: 22px; padding: 1px 5px; border-radius: 4px; text-align: center; font-weight: 600; font-size: 12px; }
.no span { background: var(--ink); color: var(--paper); }
.badge { background: color-mix(in srgb, var(--tint) var(--strip), var(--paper)); }
.sentence { max-width: 88ch; }
.phases { margin-top: 9px; } .phases svg { max-width: 100%; border-radius: 3px; overflow: hidden; }
.phases p { display: flex; flex-wrap: wrap; gap: 0 16px; font-size: 12.5px; color: var(--soft); margin-top: 3px; }
.phasenote { margin-top: 12px; font-size: 12.5px; color: var(--soft); } .phasenote b { font-weight: 600; }
i.phase { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; background: var(--fill); }
.phase { fill: var(--fill); stroke: var(--paper); stroke-width: 1; }
.launch { --fill: color-mix(in srgb, var(--soft) 45%, var(--paper)); } .freeze { --fill: var(--ink); } .dump { --fill: var(--blue); } .handOver { --fill: var(--tint1); } .restore { --fill: var(--green); }
.others table { width: auto; font-size: 13px; } .others td { border: 0; padding: 1px 20px 1px 0; }
summary { cursor: pointer; color: var(--soft); font-size: 13px; }
.costs { display: grid; grid-template-columns: minmax(0, 1fr) 360px; gap: 16px 44px; align-items: start; }
.bars { margin: 0; font-size: 13.5px; } .bars figcaption { color: var(--soft); font-size: 12.5px; padding: 6px 0; }
.bars div { display: grid; grid-template-columns: 148px 1fr 84px; gap: 10px; align-items: center; padding: 4px 0; }
.bar { display: block; height: 14px; border-radius: 3px; background: color-mix(in srgb, var(--soft) 45%, var(--paper)); } .bar.paid { background: var(--green); }
.events td { padding-top: 4px; padding-bottom: 4px; white-space: nowrap; } .events td:last-child { width: 100%; white-space: normal; overflow-wrap: anywhere; }
footer { margin-top: 48px; color: var(--soft); font-size: 12.5px; }

@media (max-width: 900px) { .costs { grid-template-columns: minmax(0, 1fr); } main { padding: 24px 16px 40px; } h1 { font-size: 27px; } }
@media print {
  :root { --paper: #fff; --card: #f4f4f0; --ink: #000; --soft: #50555a; --rule: #ccc; --grid: #00000014; --blue: #0072b2; --sky: #3a93c9; --green: #008f68; --orange: #b56b00; --red: #d55e00; --purple: #a8487f; --strip: 42%; --band: 9%; }
  @page { margin: 14mm; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 11px; } main { max-width: none; padding: 0; }
  #graphs { min-width: 0; } .graphs, .wide { overflow: visible; }
  .figures { grid-template-columns: repeat(6, 1fr); } .figure { padding: 8px 9px; } .figure .value { font-size: 16px; }
  .costs { grid-template-columns: minmax(0, 1fr); } table, th, .facts, .others table, .phases p, .phasenote, .bars { font-size: 10.5px; }
  #graphs, .moves tbody, .figure, .bars, tr { break-inside: avoid; } section > h2 { break-after: avoid; }
  #tip { display: none; }
}
`
