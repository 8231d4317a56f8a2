import { UnreachableError } from '@mmcloud/client'
import { expect, test } from 'vitest'
import { patiently } from './patiently.ts'

const DAY_MS = 86_400_000

/** A clock that `sleep` moves, and a question that fails so often, each time after so long. */
const failing = (times: number, tookMs: number) => {
  let now = 0
  let tries = 0
  const world = { now: () => now, sleep: (ms: number) => Promise.resolve(void (now += ms)) }
  const ask = (): Promise<string> => {
    tries += 1
    now += tookMs
    return tries > times ? Promise.resolve('answer') : Promise.reject(new UnreachableError('nobody'))
  }
  return patiently(world, ask)
}

test('a question that was frozen for days with its job is asked again', async () => {
  expect(await failing(3, DAY_MS)).toBe('answer')
})

test('patience ends', async () => {
  await expect(failing(Infinity, 1000)).rejects.toThrow('nobody')
})

test('what was refused is not asked again', async () => {
  const world = { now: () => 0, sleep: () => Promise.reject(new Error('must not wait')) }
  await expect(patiently(world, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
})
