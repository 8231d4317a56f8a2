import { type Html, html, raw } from '@mmcloud/report/page/html'
import { STYLE } from '@mmcloud/report/page/style'

/** A page in the style of the report. */
export const pageFrame = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text

/** Where a reader of one page of a job may go. */
export const jobNav = (id: string, here: 'job' | 'logs'): Html => {
  const pages = [
    ['job', `/jobs/${id}`, 'Job and WaveWatcher'],
    ['logs', `/jobs/${id}/logs`, 'Logs'],
  ] as const
  return html`<nav class="pages">${pages.map(([page, path, name]) =>
    page === here
      ? html`<a href="${path}" aria-current="page">${name}</a>`
      : html`<a href="${path}">${name}</a>`,
  )}<a href="/docs/guide/">Guide</a></nav>
`
}
