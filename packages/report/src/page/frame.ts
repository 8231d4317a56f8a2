import type { Scale } from './scale.ts'

/** Size of the drawing in its own pixels; the page scales it. */
export const WIDTH = 1120
/** Where the time axis begins and ends: left of it the numbers of the axis, right of it the names of the lines. */
export const LEFT = 52
export const RIGHT = 1000

/** A panel's place in the drawing. */
export type Frame = { readonly top: number; readonly height: number; readonly x: Scale }

/** Width that a text of 11 pixels has at most, in the widest of the fonts that systems bring. */
export const textWidth = (text: string): number => text.length * 6.9

/** Moves labels apart that would lie on each other: ascending, `gap` between them, none above `top` or below `bottom`. */
export const apart = <T extends { readonly y: number }>(
  labels: readonly T[],
  gap: number,
  top: number,
  bottom: number,
): readonly T[] => {
  const sorted = labels.toSorted((a, b) => a.y - b.y)
  const placed: T[] = []
  for (const label of sorted) {
    const before = placed.at(-1)
    placed.push({ ...label, y: Math.max(label.y, top, before ? before.y + gap : top) })
  }
  // Pushed out below: the last ones move up again.
  let limit = bottom
  return placed
    .toReversed()
    .map((label) => {
      const y = Math.min(label.y, limit)
      limit = y - gap
      return { ...label, y }
    })
    .toReversed()
}
