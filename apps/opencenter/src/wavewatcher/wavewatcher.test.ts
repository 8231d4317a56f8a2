import type { InstanceId, JobId, Sample } from '@mmcloud/domain'
import { FakeClock } from '@mmcloud/engine/ports/fake-clock'
import { createMemoryRecords } from '@mmcloud/engine/ports/records/memory-records'
import type { Samples } from '@mmcloud/store'
import { expect, onTestFinished, test } from 'vitest'
import { aJob } from '../http/test-api.ts'
import { aSample } from './test-sample.ts'
import { WaveWatcher } from './wavewatcher.ts'

const JOB = 'j'.repeat(21) as JobId
const HERE = 'i-1' as InstanceId
const THERE = 'i-2' as InstanceId
const DAY = 86_400_000

/** Keeps what it is given in memory, unless it is told to fail. */
const fakeSamples = () => {
  const kept = new Map<JobId, Sample[]>()
  const told = { failures: 0 }
  const samples: Samples = {
    add: async (job, fresh) => {
      if (told.failures-- > 0) throw new Error('disk full')
      kept.set(job, [...(kept.get(job) ?? []), ...fresh])
    },
    raw: async (job, from) => (kept.get(job) ?? []).filter(({ at }) => at > from),
    usage: async () => ({ at: [], series: {} }),
    jobs: async () => [...kept.keys()],
    forget: async (job) => void kept.delete(job),
    close: async () => undefined,
  }
  return { kept, told, samples }
}

const start = (store = fakeSamples(), clock = new FakeClock(10 * DAY)) => {
  const errors: string[] = []
  const nothing = (): void => undefined
  const log = { info: nothing, warn: nothing, error: (_: object, message: string) => errors.push(message) }
  const records = createMemoryRecords()
  const watcher = new WaveWatcher({ samples: store.samples, records, clock, log })
  onTestFinished(() => watcher.close())
  const now = clock.now()
  const at = (...seconds: number[]): Sample[] => seconds.map((n) => aSample(now + n * 1000))
  const recent = (instance: InstanceId): number[] =>
    watcher.recent(JOB, instance).map((sample) => (sample.at - now) / 1000)
  return { ...store, watcher, records, clock, errors, now, at, recent }
}

test('what comes is at hand at once, told to who watches, counted, and kept', async () => {
  const { watcher, at, now, recent, kept } = start()
  const seen: number[] = []
  const stop = watcher.watch(JOB, (samples) =>
    seen.push(...samples.map((sample) => (sample.at - now) / 1000)),
  )
  const durable = watcher.take(JOB, HERE, now, at(1, 2))
  expect(recent(HERE)).toEqual([1, 2])
  expect(seen).toEqual([1, 2])
  await durable
  expect(kept.get(JOB)).toEqual(at(1, 2))
  stop()
  await watcher.take(JOB, HERE, now, at(3))
  expect(seen).toEqual([1, 2])
  expect(watcher.taken).toBe(3)
  expect(watcher.newest()).toEqual([{ job: JOB, sample: at(3)[0] }])
})

test('after a restart of the OpCenter the last hour on that instance is at hand again', async () => {
  const before = start()
  await before.watcher.take(JOB, HERE, before.now - 7_200_000, before.at(-4000, -20, -10))
  const { watcher, at, now, recent } = start(before, before.clock)
  await watcher.take(JOB, HERE, now - 30_000, at(1))
  await expect.poll(() => recent(HERE)).toEqual([-20, -10, 1])
})

test('whoever measures the job has it; what was measured before it was up is of another', async () => {
  const { watcher, at, now, recent } = start()
  await watcher.take(JOB, HERE, now, at(1))
  await watcher.take(JOB, THERE, now + 5000, at(2, 6))
  expect([recent(HERE), recent(THERE)]).toEqual([[], [6]])
})

test('what cannot be written is tried again, and is only then said to be durable', async () => {
  const { watcher, at, now, told, errors, kept } = start()
  told.failures = 2
  await watcher.take(JOB, HERE, now, at(1))
  expect(kept.get(JOB)).toHaveLength(1)
  expect(errors).toHaveLength(2)
  told.failures = Number.POSITIVE_INFINITY
  const never = watcher.take(JOB, HERE, now, at(2))
  const refused = expect(never).rejects.toThrow('the OpCenter stops')
  watcher.close()
  await refused
})

test('samples stay for a month after the end of their job, and go with a job that is not known', async () => {
  const { watcher, records, clock, kept, at } = start()
  const ended = 'e'.repeat(21) as JobId
  await records.write(async (tx) => {
    await tx.insertJob(aJob(JOB, { status: 'Executing' }))
    await tx.insertJob(aJob(ended, { status: 'Completed', endedAt: clock.now() }))
  })
  for (const job of [JOB, ended, 'unknown' as JobId]) kept.set(job, at(1))
  await watcher.forgetOld()
  expect([...kept.keys()]).toEqual([JOB, ended])
  clock.jump(31 * DAY)
  await watcher.forgetOld()
  expect([...kept.keys()]).toEqual([JOB])
})
