import { type Html, html } from '@mmcloud/report/page/html'

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
