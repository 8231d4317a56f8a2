import { expect, test } from 'vitest'
import { saveInTime } from './save-in-time.ts'

/** A clock on which only pauses take time, and a save that fails the first `failures` times. */
const attempt = async (failures: number, noticeMs: number) => {
  let now = 0
  const tries: number[] = []
  const told: string[] = []
  await saveInTime({
    takenAt: noticeMs,
    save: async (number) => {
      tries.push(now)
      if (number <= failures) throw new Error(`failure ${number}`)
    },
    failed: (error) => told.push((error as Error).message),
    now: () => now,
    pause: async (ms) => {
      now += ms
    },
  })
  return { tries, told }
}

test('one try is enough when it works', async () => {
  expect(await attempt(0, 30_000)).toEqual({ tries: [0], told: [] })
})

test('tries grow apart up to a bound, and each failure is told', async () => {
  const { tries, told } = await attempt(7, 120_000)
  expect(tries).toEqual([0, 500, 1500, 3500, 7500, 15_500, 23_500, 31_500])
  expect(told).toHaveLength(7)
})

test('none is begun when the instance is taken', async () => {
  const { tries } = await attempt(Number.MAX_SAFE_INTEGER, 10_000)
  expect(tries).toEqual([0, 500, 1500, 3500, 7500])
})

test('a notice that is over still has its one try', async () => {
  expect((await attempt(1, 0)).tries).toEqual([0])
})
