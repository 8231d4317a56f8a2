import type { JobStory } from '../job-story.ts'
import { type Html, html } from './html.ts'
import { localDay, localSecond } from '../local-time.ts'

/** A job that waited long for capacity has thousands; the last ones tell how it ended. */
const MOST = 250

export const eventsSection = ({ events }: JobStory): Html => {
  const shown = events.slice(-MOST)
  const left = events.length - shown.length
  return html`<section><h2>Events</h2>
${left > 0 ? html`<p class="none">The first ${left} are left out here.</p>` : ''}
<div class="wide"><table class="events"><tbody>${shown.map(({ at, from, to, sentence, seq }) => {
    const time = Date.parse(at)
    return html`<tr><td class="soft">${localDay(time)}</td><td>${localSecond(time)}</td><td>${from !== to || seq === 1 ? html`<b>${to}</b>` : ''}</td><td>${sentence}</td></tr>`
  })}</tbody></table></div></section>`
}
