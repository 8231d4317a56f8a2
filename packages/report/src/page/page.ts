import { createHash } from 'node:crypto'
import type { JobStory } from '../job-story.ts'
import { costSection } from './cost-section.ts'
import { documentOf } from './document.ts'
import { drawGraphs } from './draw-graphs.ts'
import { eventsSection } from './events-section.ts'
import { headSection } from './head-section.ts'
import { hoverData } from './hover-data.ts'
import { HOVER_SCRIPT } from './hover-script.ts'
import { type Html, html, jsonHtml, raw } from './html.ts'
import { localInstant, localZone } from '../local-time.ts'
import { movesSection } from './moves-section.ts'
import { timelineOf } from './timeline.ts'

/** By this a file is known as one of ours, which may be written over. */
export const MARK = '<meta name="generator" content="float report">'

/**
 * The whole page: it asks for nothing outside itself, and its policy forbids it to.
 * @param madeBy the program that makes it, with its version.
 * @param nav where else a reader may go from here.
 */
export const renderPage = (story: JobStory, madeBy: string, nav?: Html): string => {
  const timeline = timelineOf(story)
  const { job } = story
  const main = html`${nav}${headSection(story)}
<section id="wavewatcher"><h2>The job over time</h2>
${graphs(story, drawGraphs(story, timeline))}
</section>
${movesSection(timeline)}
${costSection(story, timeline)}
${eventsSection(story)}
<footer>Made by ${madeBy} on ${localInstant(story.now)}. Times are those of ${localZone(timeline.from)}.</footer>`
  return documentOf(`${job.name} · ${job.status}`, main, {
    head: html`${raw(MARK)}
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
`,
    tail: html`<div id="tip" hidden></div>
<script type="application/json" id="data">${jsonHtml(hoverData(story, timeline))}</script>
<script>${raw(HOVER_SCRIPT)}</script>
`,
  })
}

const graphs = ({ usage, instances }: JobStory, drawing: Html): Html => {
  if (instances.length === 0 && usage.at.length === 0)
    return html`<p class="none">Nothing to draw yet: it has had no instance.</p>`
  const note = usage.at.length === 0 ? html`<p class="none">Nothing was measured of it.</p>` : ''
  return html`${note}<div class="graphs">${drawing}</div>`
}

/** Our one script by its hash, our style, and nothing else: markup that slipped in could still do nothing. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(HOVER_SCRIPT).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')
