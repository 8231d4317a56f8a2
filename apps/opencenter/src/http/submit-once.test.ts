import { expect, test } from 'vitest'
import { submitOnce } from './submit-once.ts'

const key = { 'idempotency-key': 'run-1/step-2' }

test('the same user, key and request make the same job', () => {
  const first = submitOnce(key, 'ann', { image: 'python' })
  expect(first?.id).toMatch(/^[a-z0-9]{21}$/)
  expect(submitOnce(key, 'ann', { image: 'python' })).toEqual(first)
  expect(submitOnce(key, 'ann', { image: 'r' })).toMatchObject({ id: first?.id })
  expect(submitOnce(key, 'ann', { image: 'r' })?.requestDigest).not.toBe(first?.requestDigest)
  expect(submitOnce(key, 'eve', { image: 'python' })?.id).not.toBe(first?.id)
  expect(submitOnce({}, 'ann', {})).toBeUndefined()
})

test('a key that names what is done asks nothing of the request', () => {
  const any = { ...key, 'idempotency-request': 'any' }
  expect(submitOnce(any, 'ann', { image: 'r' })).toEqual({
    id: submitOnce(key, 'ann', { image: 'python' })?.id,
  })
})

test.each(['', 'a b', 'x'.repeat(129), 'ü'])('key %j is refused', (text) => {
  expect(() => submitOnce({ 'idempotency-key': text }, 'ann', {})).toThrow('idempotency-key')
})
