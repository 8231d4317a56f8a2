import type { Scale } from './scale.ts'
import type { Step } from './steps.ts'

/** What a path is drawn from: where each point lies in time, and which points hang together. */
export type Points = {
  readonly at: readonly number[]
  readonly stretches: readonly (readonly [number, number])[]
  readonly x: Scale
  readonly y: Scale
}

type Values = readonly (number | null)[]

/** A line through the values; broken where nothing was measured. */
export const linePath = ({ at, stretches, x, y }: Points, values: Values): string =>
  stretches
    .flatMap(([first, last]) => piecesBetween(values, first, last))
    .map(([first, last]) => {
      const points = pointsBetween(at, values, first, last).map(
        ([time, value]) => [x(time), y(value)] as const,
      )
      // A point alone is a dot: a line of no length with round ends.
      return polyline(points.length === 1 ? [...points, ...points] : points)
    })
    .join('')

/** The area between two rows of values. */
export const areaPath = ({ at, stretches, x, y }: Points, lower: Values, upper: Values): string =>
  stretches
    .flatMap(([first, last]) => piecesBetween(upper, first, last))
    .flatMap(([first, last]) => {
      const top = pointsBetween(at, upper, first, last)
      const floor = pointsBetween(at, lower, first, last).toReversed()
      if (top.length < 2) return []
      // A level floor needs no more than its two ends.
      const ends = floor.every(([, value]) => value === 0) ? [floor[0]!, floor.at(-1)!] : floor
      return [`${polyline([...top, ...ends].map(([time, value]) => [x(time), y(value)] as const))}z`]
    })
    .join('')

/** In tenths of a pixel from point to point: half as long as places would be. */
const polyline = (points: readonly (readonly [number, number])[]): string => {
  const tenths = points.map(([x, y]) => [Math.round(x * 10), Math.round(y * 10)] as const)
  const [start, ...rest] = tenths
  if (!start) return ''
  let [beforeX, beforeY] = start
  const moves = rest.map(([x, y]) => {
    const move = `${tenth(x - beforeX)} ${tenth(y - beforeY)}`
    beforeX = x
    beforeY = y
    return move
  })
  return `M${tenth(start[0])} ${tenth(start[1])}l${moves.join(' ')}`.replaceAll(' -', '-')
}

/** `.7`, `-12.3` */
const tenth = (tenths: number): string => String(tenths / 10).replace(/^(-?)0\./, '$1.')

/** A staircase; steps that do not meet stay apart. */
export const stepPath = (steps: readonly Step[], x: Scale, y: Scale): string =>
  steps
    .map(({ from, to, value }, index) => {
      const before = steps[index - 1]
      const joined = before !== undefined && before.to >= from - 1
      return `${joined ? 'L' : 'M'}${short(x(from))} ${short(y(value))}H${short(x(to))}`
    })
    .join('')

/** Pieces of a stretch in which the series itself has values. */
const piecesBetween = (
  values: Values,
  first: number,
  last: number,
): readonly (readonly [number, number])[] => {
  const pieces: [number, number][] = []
  for (let index = first; index <= last; index++) {
    if (values[index] === null || values[index] === undefined) continue
    const current = pieces.at(-1)
    if (current && current[1] === index - 1) current[1] = index
    else pieces.push([index, index])
  }
  return pieces
}

const pointsBetween = (
  at: readonly number[],
  values: Values,
  first: number,
  last: number,
): [number, number][] => {
  const points: [number, number][] = []
  for (let index = first; index <= last; index++) {
    const value = values[index]
    if (value !== null && value !== undefined) points.push([at[index] ?? 0, value])
  }
  return points
}

/** A tenth of a pixel is as fine as anybody sees. */
export const short = (value: number): string => String(Math.round(value * 10) / 10)
