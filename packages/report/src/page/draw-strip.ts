import { formatSpan } from '../measures.ts'
import { counted, marketWord, plainText, shortened, TRIGGER_WORDS } from '../words.ts'
import { type Frame, textWidth } from './frame.ts'
import { type Html, html } from './html.ts'
import type { Scale } from './scale.ts'
import { short } from './svg-path.ts'
import type { Band, Mark, StandStill } from './timeline.ts'

/** Tints of bands are told apart by neighbours; which instance it is, its letter says. */
export const bandTint = (index: number): string => `tint${index % 4}`

/** The row of instances: as much of the name as fits, its letter at least. */
export const drawStrip = (bands: readonly Band[], x: Scale, top: number, height: number): readonly Html[] =>
  bands.map((band, index) => {
    const [start, end] = [x(band.from), x(band.to)]
    const label = namesOf(band).find((name) => textWidth(name) + 12 <= end - start)
    return html`<g class="stay"><rect class="strip ${bandTint(index)}" x="${short(start)}" y="${top}" width="${short(Math.max(1, end - start))}" height="${height}" rx="3"><title>${namesOf(band)[0]}</title></rect>${
      label
        ? html`<text class="stayname" x="${short(start + 6)}" y="${top + height / 2 + 4}">${label}</text>`
        : ''
    }</g>`
  })

/** From the longest to the shortest. */
const namesOf = ({ letter, machine }: Band): readonly string[] => {
  const { instanceType, cpu, memGB, market } = machine
  return [
    `${letter}  ${instanceType} · ${counted(cpu, 'core')} · ${memGB} GB · ${marketWord(market)}`,
    `${letter}  ${instanceType} · ${cpu} c · ${memGB} GB · ${marketWord(market)}`,
    `${letter}  ${instanceType} · ${marketWord(market)}`,
    `${letter}  ${instanceType}`,
    letter,
  ]
}

/** Behind a graph: a hatch where the program stood still. */
export const drawStandStills = (
  standStills: readonly StandStill[],
  { top, height, x }: Frame,
): readonly Html[] =>
  standStills.map(
    ({ from, to }) =>
      html`<rect class="still" x="${short(x(from))}" y="${top}" width="${short(Math.max(0.5, x(to) - x(from)))}" height="${height}"/>`,
  )

/** Behind all graphs: the tint of each stay. */
export const drawBands = (bands: readonly Band[], x: Scale, top: number, height: number): readonly Html[] =>
  bands.map(
    ({ from, to }, index) =>
      html`<rect class="band ${bandTint(index)}" x="${short(x(from))}" y="${top}" width="${short(x(to) - x(from))}" height="${height}"/>`,
  )

const FLAG_ROW = 20
/** More rows than this would be a wall of flags. */
const FLAG_ROWS = 3

/** Letters of flags are bold. */
const BOLD = 1.1

type Flag = {
  readonly mark: Mark
  readonly x: number
  readonly text: string
  readonly width: number
  readonly row: number
}

/** Flags of the moves in as few rows as they need; `height` is what they take. */
export const placeFlags = (
  marks: readonly Mark[],
  x: Scale,
  right: number,
): { readonly flags: readonly Flag[]; readonly rows: number; readonly height: number } => {
  const ends: number[] = []
  const flags = marks.map((mark, index): Flag => {
    const at = x(mark.at)
    const next = marks[index + 1]
    const full = `${mark.number}  ${TRIGGER_WORDS[mark.move.trigger]}`
    // A name that would push the next flag down is left out where marks are many.
    const crowded = marks.length > 6 && next !== undefined && x(next.at) < at + textWidth(full) * BOLD + 14
    const text = crowded ? String(mark.number) : full
    const width = textWidth(text) * BOLD + 12
    const start = Math.min(at, right - width)
    const free = ends.findIndex((end) => end + 3 <= start)
    const row = free >= 0 ? free : Math.min(ends.length, FLAG_ROWS - 1)
    ends[row] = start + width
    return { mark, x: start, text, width, row }
  })
  return { flags, rows: ends.length, height: ends.length * FLAG_ROW }
}

/**
 * A line through every graph for each move, but not through their titles, with its flag on top, which leads to its row in
 * the table.
 */
export const drawMarks = (
  flags: readonly Flag[],
  rows: number,
  stripBottom: number,
  frames: readonly Frame[],
  x: Scale,
): readonly Html[] =>
  flags.map(({ mark, x: start, text, width, row }) => {
    const at = short(x(mark.at))
    const y = (rows - 1 - row) * FLAG_ROW
    const lines = frames.map(({ top, height }) => `M${at} ${top}v${height}`).join('')
    return html`<a class="mark" href="#move-${mark.number}" data-at="${mark.at}"><title>${markText(mark)}</title><path d="M${at} ${y + FLAG_ROW - 4}V${stripBottom}${lines}"/><rect x="${short(start)}" y="${y}" width="${short(width)}" height="${FLAG_ROW - 4}" rx="3"/><text x="${short(start + 6)}" y="${y + 12}">${text}</text></a>`
  })

/** What the hover reads out, a line each. */
const markText = ({ number, move }: Mark): string =>
  [
    `${number}  ${TRIGGER_WORDS[move.trigger]}`,
    shortened(plainText(move.reason), MOST_REASON),
    ...(move.rule === '' ? [] : [`rule ${move.rule}`]),
    `${move.from || 'nowhere'} → ${move.to || 'nowhere'}`,
    ...(move.outcome === 'done' ? [`stood still ${formatSpan(move.standStillMs)}`] : []),
  ].join('\n')
const MOST_REASON = 240
