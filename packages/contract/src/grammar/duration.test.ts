import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['1h5m49s', 3949],
  ['300s', 300],
  ['2d', 172_800],
  ['90', 90],
  ['0s', 0],
  ['86400s', 86_400],
])('%s is %i seconds', (text, seconds) => expect(parseDuration(text, '--timeLimit')).toBe(seconds))

test.each(['', 's', '5x', '-3s', '1m1h', '1.5h'])('"%s" is refused, naming the flag', (text) => {
  expect(() => parseDuration(text, '--timeLimit')).toThrow('Invalid argument, --timeLimit')
})

test.each([
  [3949, '1h5m49s'],
  [300, '5m0s'],
  [30, '30s'],
  [0, '0s'],
  [3600, '1h0m0s'],
  [-1, '0s'],
])('%i seconds print as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

test('what is printed reads back', () => {
  fc.assert(fc.property(fc.nat(10_000_000), (n) => parseDuration(formatDuration(n), '--x') === n))
})
