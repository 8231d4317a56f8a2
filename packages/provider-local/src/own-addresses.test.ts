import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { coversThisMachine } from './own-addresses.ts'

test.each(['127.0.0.1/32', '127.0.0.0/8', '0.0.0.0/0'])('%s covers this machine', (network) =>
  expect(coversThisMachine(network)).toBe(true),
)

test('every address that it has covers it, one that nobody has does not', () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
  for (const { address } of own) expect(coversThisMachine(`${address}/32`)).toBe(true)
  expect(coversThisMachine('203.0.113.0/24')).toBe(false)
})
