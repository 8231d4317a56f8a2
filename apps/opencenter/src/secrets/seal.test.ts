import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { seal, unseal } from './seal.ts'

const KEY = randomBytes(32)
const ID = { user: 'ada', name: 'token' }

test.each(['', 'hush', 'ü\n€', 'x'.repeat(65_536)])('a value comes back', (value) => {
  expect(unseal(KEY, ID, seal(KEY, ID, value))).toBe(value)
})

test('the same value never looks the same, and does not show', () => {
  const sealed = seal(KEY, ID, 'hush')
  expect(seal(KEY, ID, 'hush')).not.toBe(sealed)
  expect(Buffer.from(sealed, 'base64').includes('hush')).toBe(false)
})

test('it opens with its own key, for its own user, under its own name, and whole', () => {
  const sealed = seal(KEY, ID, 'hush')
  expect(unseal(randomBytes(32), ID, sealed)).toBeUndefined()
  expect(unseal(KEY, { ...ID, user: 'bob' }, sealed)).toBeUndefined()
  expect(unseal(KEY, { ...ID, name: 'other' }, sealed)).toBeUndefined()
  const damaged = Buffer.from(sealed, 'base64')
  damaged.writeUInt8(damaged.readUInt8(damaged.length - 1) ^ 1, damaged.length - 1)
  expect(unseal(KEY, ID, damaged.toString('base64'))).toBeUndefined()
  for (const cut of [0, 8, 20]) expect(unseal(KEY, ID, sealed.slice(0, cut))).toBeUndefined()
})
