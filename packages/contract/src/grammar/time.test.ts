import { expect, test } from 'vitest'
import { formatCost } from './time.ts'

test.each([
  [0, '0.0000 USD'],
  [12.345678, '12.3457 USD'],
  [0.12345, '0.1235 USD'],
  [0.005, '0.0050 USD'],
  [0.0000087, '0.0000087 USD'],
  [0.000_000_000_01, '0.0000000000 USD'],
])('%d dollars are shown as %s', (usd, text) => {
  expect(formatCost(usd)).toBe(text)
})
