import { stripVTControlCharacters } from 'node:util'
import type { Client } from '@mmcloud/client'
import { formatBytes } from '@mmcloud/report/measures'
import { documentOf } from '@mmcloud/report/page/document'
import { type Html, html } from '@mmcloud/report/page/html'
import { jobNav } from './job-nav.ts'

/** Shown of the end of each log: some thousand lines. */
const TAIL_BYTES = 131_072
/** What a program says itself; the rest are files to fetch. */
const SHOWN: Readonly<Record<string, string>> = {
  'stdout.autosave': 'Output',
  'stderr.autosave': 'Errors',
}

/** The end of what a job has said, and where the whole of it is. */
export const logsPage = async (
  client: Client,
  id: string,
): Promise<{ readonly page: string; readonly ended: boolean }> => {
  const of = { params: { id } }
  const [job, { files }] = await Promise.all([client.call('job', of), client.call('logs', of)])
  const shown = Object.keys(SHOWN).flatMap((shownName) => files.filter(({ name }) => name === shownName))
  const tails = await Promise.all(shown.map(({ name }) => client.readLog(id, name, -TAIL_BYTES)))
  const sections = tails.map(({ bytes, offset, size }, at) => {
    const { name } = shown[at]!
    const cut =
      offset > 0 ? html`<p class="note">The last ${formatBytes(bytes.length)} of it.</p>` : undefined
    if (size === 0) return html`<section><h2>${SHOWN[name]}</h2><p class="none">None.</p></section>`
    return html`<section><h2>${SHOWN[name]}</h2>
<p class="note"><a href="/jobs/${id}/logs/${name}">${name}</a>, ${formatBytes(size)}</p>${cut}
<pre class="log"><code>${readable(bytes, offset > 0)}</code></pre></section>
`
  })
  const body = html`${jobNav(id, 'logs')}<header><p class="kicker">Logs</p><h1>${job.name}</h1>
<p class="status"><span class="pill ${job.category}">${job.status}</span> ${liveWords(job.endTime)}</p></header>
${sections.length > 0 ? sections : html`<p class="none">It has said nothing yet.</p>`}
${others(
  id,
  files.filter(({ name }) => !Object.hasOwn(SHOWN, name)),
)}`
  return { page: documentOf(`Logs of ${job.name}`, body), ended: job.endTime !== undefined }
}

const liveWords = (endTime: string | undefined): string =>
  endTime === undefined ? 'shown anew every few seconds' : `ended ${endTime}`

const others = (id: string, files: readonly { readonly name: string; readonly size: number }[]): Html =>
  files.length === 0
    ? html``
    : html`<section><h2>Other files</h2><ul>${files.map(
        ({ name, size }) =>
          html`<li><a href="/jobs/${id}/logs/${encodeURIComponent(name)}">${name}</a>, ${formatBytes(size)}</li>`,
      )}</ul></section>`

/** As a terminal would leave it: without colours, and of a line written over the last of it. */
const readable = (bytes: Uint8Array, cut: boolean): string => {
  const lines = stripVTControlCharacters(new TextDecoder().decode(bytes)).split('\n')
  if (cut) lines.shift()
  return lines.map((line) => line.replace(/\r$/, '').replace(/^.*\r/, '')).join('\n')
}
