import type { JobStory } from '../job-story.ts'
import { stretches } from '../usage-columns.ts'
import { drawPanel } from './draw-panel.ts'
import { drawBands, drawMarks, drawStandStills, drawStrip, placeFlags } from './draw-strip.ts'
import { LEFT, RIGHT, WIDTH } from './frame.ts'
import { type Html, html } from './html.ts'
import { panelsOf } from './panels.ts'
import { linear, type Scale, timeTicks } from './scale.ts'
import { short } from './svg-path.ts'
import { type Timeline, toldMarks } from './timeline.ts'

const STRIP = 24
/** Above each panel, for its title and names. */
const HEAD = 40
const FOOT = 40
/** A label every so many pixels at most. */
const TICK_EVERY = 85

/** All graphs over one axis of time. */
export const drawGraphs = (story: JobStory, timeline: Timeline): Html => {
  const x = linear(timeline.from, timeline.to, LEFT, RIGHT)
  const { flags, rows, height: flagHeight } = placeFlags(toldMarks(timeline), x, RIGHT)
  const stripTop = flagHeight + 4
  const graphsTop = stripTop + STRIP
  let bottom = graphsTop
  const frames = panelsOf(story, timeline).map((panel) => {
    const frame = { top: bottom + HEAD, height: panel.height, x }
    bottom = frame.top + panel.height
    return { panel, frame }
  })
  const points = { at: middles(story), stretches: stretches(story.usage) }
  const height = bottom + FOOT
  return html`<svg id="graphs" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="CPU, memory, disk and network over time" data-top="${graphsTop}" data-bottom="${bottom}">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0V6"/></pattern></defs>
${drawBands(timeline.bands, x, graphsTop, bottom - graphsTop)}
${frames.map(({ frame }) => drawStandStills(timeline.standStills, frame))}
${drawStrip(timeline.bands, x, stripTop, STRIP)}
${frames.map(({ panel, frame }) => drawPanel(panel, frame, points))}
${timeAxis(timeline, x, graphsTop, bottom)}
${drawMarks(
  flags,
  rows,
  graphsTop,
  frames.map(({ frame }) => frame),
  x,
)}
<path id="cursor" d="" />
</svg>`
}

/** A point stands in the middle of the step it is the mean of. */
const middles = ({ usage }: JobStory): readonly number[] => usage.at.map((at) => at + usage.stepMs / 2)

const timeAxis = ({ from, to }: Timeline, x: Scale, top: number, bottom: number): Html =>
  html`<line class="base" x1="${LEFT}" x2="${RIGHT}" y1="${bottom}" y2="${bottom}"/>${timeTicks(
    from,
    to,
    (RIGHT - LEFT) / TICK_EVERY,
  ).map(
    ({ value, label, day }) =>
      html`<line class="grid" x1="${short(x(value))}" x2="${short(x(value))}" y1="${top}" y2="${bottom + 5}"/><text class="axis" text-anchor="middle" x="${short(x(value))}" y="${bottom + 18}">${label}</text>${
        day
          ? html`<text class="axis day" text-anchor="middle" x="${short(x(value))}" y="${bottom + 32}">${day}</text>`
          : ''
      }`,
  )}`
