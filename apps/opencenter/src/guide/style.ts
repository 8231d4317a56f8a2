/** The look of the pages; colours as in the report of a job. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fdfdfb; --card: #f4f4f0; --ink: #1b1d1f; --soft: #5c6166; --rule: #dcddd8;
  --blue: #0065a3; --green: #00794f; --red: #b8430a; --tint: #e4eef5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --card: #1f2226; --ink: #e9eaec; --soft: #9ba1a8; --rule: #34383d;
    --blue: #6cbdf0; --green: #45cfa5; --red: #ff9a5c; --tint: #1c2b36;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 24px; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
a { color: var(--blue); text-decoration-thickness: 1px; text-underline-offset: 2px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; border-radius: 3px; }
header { border-bottom: 1px solid var(--rule); padding: 12px 28px; }
.home { display: inline-flex; gap: 12px; align-items: center; color: var(--ink); text-decoration: none; font-weight: 600; letter-spacing: -.01em; }
.home .from { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 2.5 2; }
.home .to { fill: var(--blue); } .home .way { fill: none; stroke: var(--blue); stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.frame { display: grid; grid-template-columns: 216px minmax(0, 1fr); gap: 0 44px; max-width: 1440px; margin: 0 auto; padding: 0 28px; }
nav.chapters, aside { font-size: 14px; line-height: 1.4; padding: 30px 0; align-self: start; position: sticky; top: 0; max-height: 100vh; overflow-y: auto; }
nav.chapters { padding-left: 10px; margin-left: -10px; }
nav.chapters h2, aside h2 { font-size: 12.5px; font-weight: 600; color: var(--soft); margin: 0 0 6px; }
nav.chapters ul + h2 { margin-top: 22px; }
nav.chapters ul, aside ul { list-style: none; margin: 0; padding: 0; }
nav.chapters a { display: block; padding: 5px 10px; margin: 0 -10px; border-radius: 6px; color: var(--ink); text-decoration: none; }
nav.chapters a:hover { background: var(--card); }
nav.chapters a[aria-current] { background: var(--tint); color: var(--blue); font-weight: 600; }
aside { display: none; }
aside a { display: block; padding: 3px 0; color: var(--soft); text-decoration: none; }
aside a:hover { color: var(--blue); }
aside code { background: none; padding: 0; }
main { padding: 26px 0 64px; max-width: 880px; }
main > p, main > ul, main > ol { max-width: 76ch; }
h1, h2, h3 { line-height: 1.25; letter-spacing: -.015em; overflow-wrap: anywhere; }
h1 { font-size: 34px; margin: 0 0 18px; }
main h2 { font-size: 23px; margin: 44px 0 12px; }
main h3 { font-size: 17px; margin: 32px 0 8px; letter-spacing: -.005em; }
p, ul, ol { margin: 0 0 16px; } ul, ol { padding-left: 24px; } li { margin: 4px 0; } li > p { margin-bottom: 8px; }
.anchor { margin-left: 8px; color: var(--soft); text-decoration: none; font-weight: 400; opacity: 0; }
:hover > .anchor, .anchor:focus { opacity: 1; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; font-variant-ligatures: none; }
:not(pre, h3) > code { background: var(--card); padding: .12em .36em; border-radius: 4px; overflow-wrap: anywhere; }
h1 code, h2 code, h3 code { font-size: .93em; }
h3 > code { line-height: 1.5; overflow-wrap: anywhere; }
.code { position: relative; margin: 0 0 18px; border: 1px solid var(--rule); border-radius: 8px; background: var(--card); overflow: hidden; }
.code figcaption { font-size: 12.5px; color: var(--soft); padding: 7px 16px; border-bottom: 1px solid var(--rule); }
.code pre { margin: 0; padding: 13px 16px; overflow-x: auto; line-height: 1.5; }
.code pre:focus-visible { outline-offset: -2px; }
.code code { font-size: 13px; }
.prompt { color: var(--soft); user-select: none; -webkit-user-select: none; }
.command { font-weight: 600; }
.output { color: color-mix(in srgb, var(--ink) 78%, var(--card)); } .error { color: var(--red); white-space: pre-wrap; overflow-wrap: anywhere; } .comment { color: var(--green); }
.code button {
  position: absolute; top: 7px; right: 7px; font: 500 12px/1.3 system-ui, sans-serif; padding: 4px 9px; cursor: pointer;
  color: var(--soft); background: var(--paper); border: 1px solid var(--rule); border-radius: 6px; opacity: 0;
}
.code figcaption ~ button { top: 4px; padding: 2px 9px; }
.code:hover button, .code button:focus-visible { opacity: 1; } .code button:hover { color: var(--ink); border-color: var(--soft); }
@media (hover: none) { .code button { opacity: 1; } .code pre:first-child { padding-top: 36px; } }
.wide { overflow-x: auto; margin: 0 0 18px; }
table { border-collapse: collapse; width: 100%; font-size: 14.5px; line-height: 1.5; }
th { text-align: left; font-size: 13px; font-weight: 500; color: var(--soft); }
th, td { padding: 8px 18px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
td:first-child code { white-space: nowrap; overflow-wrap: normal; }
blockquote { margin: 0 0 18px; padding: 12px 18px; border-radius: 8px; background: var(--tint); } blockquote > :last-child { margin: 0; }
hr { border: 0; border-top: 1px solid var(--rule); margin: 32px 0; }
.turn { display: flex; justify-content: space-between; gap: 16px; margin-top: 56px; border-top: 1px solid var(--rule); padding-top: 20px; }
.turn a { display: block; text-decoration: none; font-weight: 600; } .turn a[rel=next] { text-align: right; }
.turn small { display: block; font-weight: 400; font-size: 12.5px; color: var(--soft); }
@media (min-width: 1180px) {
  .frame { grid-template-columns: 216px minmax(0, 1fr) 200px; }
  aside { display: block; }
}
@media (max-width: 820px) {
  header { padding: 12px 18px; } .frame { display: block; padding: 0 18px; }
  nav.chapters { position: static; max-height: none; padding: 16px 0 14px 10px; border-bottom: 1px solid var(--rule); }
  nav.chapters ul { display: flex; flex-wrap: wrap; gap: 0 4px; } nav.chapters a { margin: 0 0 0 -10px; } nav.chapters ul + h2 { margin-top: 10px; }
  h1 { font-size: 28px; } main h2 { font-size: 21px; margin-top: 36px; }
}
@media print {
  header, nav.chapters, aside, .turn, .code button, .anchor { display: none; } .frame { display: block; }
  main { max-width: none; padding: 0; } body { font-size: 11pt; } .code pre { white-space: pre-wrap; } .code, tr { break-inside: avoid; }
}
`
