import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeLines } from './take-lines.ts'

/** Reads a log as an engine does: by pages of so many bytes, of so many lines each, until nothing comes. */
const readAll = (log: Uint8Array, pageBytes: number, most: number): string[] => {
  const read: string[] = []
  for (let offset = 0; ; ) {
    const piece = log.subarray(offset, offset + pageBytes)
    const { lines, taken } = takeLines(piece, most, offset + piece.length >= log.length)
    if (taken === 0) return read
    expect(lines.length).toBeLessThanOrEqual(most)
    read.push(...lines)
    offset += taken
  }
}

test('whatever the pages, each line is read once, in order, with all its letters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 120, max: 400 }),
      fc.integer({ min: 1, max: 5 }),
      (words, pageBytes, most) => {
        const lines = words.map((word) => word.replaceAll('\n', ' ').slice(0, 20).toWellFormed())
        expect(readAll(Buffer.from(`${lines.join('\n')}\n`), pageBytes, most)).toEqual(lines)
      },
    ),
  )
})

test('whatever the bytes, reading comes to the end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 4, max: 50 }), (log, pageBytes) => {
      let offset = 0
      for (let pages = 0; pages <= log.length; pages += 1) {
        const piece = log.subarray(offset, offset + pageBytes)
        const { taken } = takeLines(piece, 3, offset + piece.length >= log.length)
        offset += taken
        if (taken === 0) break
      }
      // At most a character that has only begun is still waited for.
      expect(log.length - offset).toBeLessThan(4)
    }),
  )
})

test('a line longer than a page is read in pieces, and a letter is never cut in two', () => {
  const log = Buffer.from('ä'.repeat(50))
  expect(readAll(log, 7, 10).join('')).toBe('ä'.repeat(50))
})

test('a letter that is written in two goes is read when it is whole', () => {
  const euro = Buffer.from('5 €')
  expect(takeLines(euro.subarray(0, 3), 10, true)).toEqual({ lines: ['5 '], taken: 2 })
  expect(takeLines(euro.subarray(2), 10, true)).toEqual({ lines: ['€'], taken: 3 })
})
