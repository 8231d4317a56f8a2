import { formatDuration } from '@mmcloud/contract/grammar/duration'
import type { JobStory } from '../job-story.ts'
import { keyFigures } from '../key-figures.ts'
import { policyLines } from '../policy-lines.ts'
import { type Html, html } from './html.ts'
import { localDay, localInstant, localSecond } from '../local-time.ts'
import { endOf } from './timeline.ts'

/** Which job, how it went, and the figures that matter. */
export const headSection = (story: JobStory): Html => {
  const { job } = story
  return html`<header>
<p class="kicker">Job report</p>
<h1>${job.name}</h1>
<p class="status"><span class="pill ${job.category}">${job.status}</span> ${course(story).join(' · ')}</p>
<dl class="facts">${facts(story).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<section class="figures" aria-label="Key figures">${keyFigures(story).map(
    ({ name, value, note }) =>
      html`<div class="figure"><h2>${name}</h2><p class="${value.length > 11 ? 'value long' : 'value'}">${value}</p><p class="note">${note}</p></div>`,
  )}</section>
${hint(story)}`
}

const course = (story: JobStory): readonly string[] => {
  const { job } = story
  const began = Date.parse(job.startTime ?? job.submitTime)
  const end = endOf(story)
  const until = localDay(began) === localDay(end) ? localSecond(end) : localInstant(end)
  return [
    ...(job.rc === undefined ? [] : [`exit code ${job.rc}`]),
    `${job.endTime ? 'took' : 'so far'} ${job.duration}, of it ${job.execTime} at work`,
    job.endTime ? `${localInstant(began)} to ${until}` : `since ${localInstant(began)}`,
  ]
}

const facts = ({ job }: JobStory): readonly (readonly [string, string])[] => [
  ['id', job.id],
  ['image', job.imageID],
  ['user', job.user],
  ['asked for', `${range(job.cpu, job.cpuMax)} cores, ${range(job.memGB, job.memGBMax)} GB`],
  ['policy', policyLines(job.migratePolicy).join('; ')],
  ...(job.attempt > 1 ? [['attempt', String(job.attempt)] as const] : []),
  ...Object.entries(job.customTags),
]

/** `1 to 4`, `2 or more`. */
const range = (min: number, max: number | undefined): string => {
  if (max === undefined) return `${min} or more`
  return max === min ? String(min) : `${min} to ${max}`
}

const hint = ({ cost, job, now }: JobStory): Html => {
  if (cost.hint)
    return html`<aside class="hint"><p><strong>Next time ask for <code>${cost.hint.flags}</code></strong>: ${cost.hint.reason}.</p></aside>`
  const age = formatDuration((now - Date.parse(job.submitTime)) / 1000)
  return job.startTime === undefined
    ? html`<aside class="hint"><p>It has not run yet; it was submitted ${age} before this page was made.</p></aside>`
    : html``
}
