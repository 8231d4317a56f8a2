import { type Html, html, raw } from './html.ts'
import { STYLE } from './style.ts'

/** A document in the style of the report: `head` and `tail` stand in its head and behind what is to be read. */
export const documentOf = (
  title: string,
  main: Html,
  { head, tail }: { readonly head?: Html; readonly tail?: Html } = {},
): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${main}
</main>
${tail}</body>
</html>
`.text
