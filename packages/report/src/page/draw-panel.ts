import { apart, type Frame, LEFT, RIGHT, textWidth } from './frame.ts'
import { type Html, html } from './html.ts'
import type { Level, Panel, PanelSeries } from './panels.ts'
import { linear, type Scale, valueTicks } from './scale.ts'
import { areaPath, linePath, type Points, short, stepPath } from './svg-path.ts'

/** One graph: title and names above, axis and lines, the names of its levels at their right end. */
export const drawPanel = (
  panel: Panel,
  { top, height, x }: Frame,
  points: Pick<Points, 'at' | 'stretches'>,
): Html => {
  const highest = mostDrawn(panel)
  const ticks = valueTicks(highest, panel.unit, Math.max(2, Math.round(height / 36)))
  const y = linear(0, highest * 1.04, top + height, top)
  return html`<g class="panel">
${title(panel, top)}
${ticks.map(
  ({
    value,
    label,
  }) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${short(y(value))}" y2="${short(y(value))}"/>
<text class="axis" text-anchor="end" x="${LEFT - 8}" y="${short(y(value) + 3.5)}">${label}</text>`,
)}
${panel.levels.map(({ key, steps }) => html`<path class="level ${key}" d="${stepPath(steps, x, y)}"/>`)}
${panel.series.map((series) => drawSeries(series, { ...points, x, y }))}
${levelNames(panel.levels, y, top, height)}
</g>`
}

/** Bounds that were asked for may lie above all that was measured. */
const mostDrawn = ({ most, levels }: Panel): number =>
  Math.max(most, ...levels.flatMap(({ steps }) => steps.map(({ value }) => value)))

const drawSeries = ({ key, kind, values, base }: PanelSeries, points: Points): Html => {
  if (kind === 'line') return html`<path class="line ${key}" d="${linePath(points, values)}"/>`
  const floor = base ?? values.map((value) => (value === null ? null : 0))
  const area = html`<path class="area ${key}" d="${areaPath(points, floor, values)}"/>`
  return kind === 'envelope' ? area : html`${area}<path class="line ${key}" d="${linePath(points, values)}"/>`
}

const title = ({ title: name, unit, note, series, levels }: Panel, top: number): Html => {
  const heading = `${name}, ${unit.name}`
  const y = top - 9
  let at = LEFT + textWidth(heading) * 1.45 + 14
  const keys = [
    ...series
      .filter((each) => each.name !== '')
      .map((each) => ({ className: `${each.kind} ${each.key}`, name: each.name })),
    ...LEGEND.filter(([key]) => levels.some((level) => level.key === key)).map(([key, words]) => ({
      className: `level ${key}`,
      name: words,
    })),
  ]
  const legend = keys.map(({ className, name: words }) => {
    const start = at
    at += 26 + textWidth(words) + 16
    const mark = /^(area|envelope)/.test(className)
      ? html`<rect class="${className}" x="${start}" y="${y - 8}" width="18" height="9"/>`
      : html`<path class="${className}" d="M${start} ${y - 3.5}h18"/>`
    return html`${mark}<text class="legend" x="${start + 24}" y="${y}">${words}</text>`
  })
  const aside =
    note === '' ? '' : html`<text class="legend" text-anchor="end" x="${RIGHT}" y="${y}">${note}</text>`
  return html`<text class="title" x="${LEFT}" y="${y}">${name}<tspan class="unit">, ${unit.name}</tspan></text>${legend}${aside}`
}

const LEGEND = [
  ['capacity', 'what it has'],
  ['threshold', 'bounds of the policy'],
  ['asked', 'asked for'],
] as const

/** At the right end, where each line arrives. */
const levelNames = (levels: readonly Level[], y: Scale, top: number, height: number): readonly Html[] => {
  const labels = levels.map(({ key, name, steps }) => {
    const last = steps.at(-1)
    return { key, name, y: last ? y(last.value) : top }
  })
  return apart(labels, 12, top + 2, top + height).map(
    ({ key, name, y: at }) =>
      html`<text class="name ${key}" x="${RIGHT + 8}" y="${short(at + 3.5)}">${name}</text>`,
  )
}
