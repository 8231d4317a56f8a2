import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainText, usd, wrapped } from './words.ts'

test('wrapped lines fit, and hold every word that fits a line', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/))
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 40 }), (list, width) => {
      const lines = wrapped(list.join(' '), width)
      expect(lines.every((line) => line.length <= width)).toBe(true)
      expect(lines.join(' ')).toBe(list.join(' '))
    }),
  )
})

test.each([
  [0, '0.0000'],
  [1.23456, '1.2346'],
  [-0.003, '-0.0030'],
  [0.0000087, '0.0000087'],
  [-1e-15, '0.0000'],
])('%d USD is %s', (value, text) => expect(Number(usd(value))).toBe(Number(text)))

test('what a terminal would obey is taken out', () => {
  expect(plainText('killed \u001b[2J\r\nby\u0007 it\u009b1m')).toBe('killed  [2J by  it 1m')
})
