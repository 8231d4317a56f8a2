import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Sample } from '@mmcloud/domain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../src/system/wait.ts'
import { late, TestJob } from './job.ts'
import { type Instance, World } from './world.ts'

const MIB = 1024 ** 2
/** A reading and the next may be this far from a second apart on a busy machine. */
const UNEVEN_MS = 400

const world = new World()
beforeAll(async () => {
  await world.make()
})
beforeEach(() => world.plugDisks(1024))
afterEach(() => world.clear())
afterAll(() => world.clean())

describe('what a program uses is measured every second', () => {
  test('one that computes shows one core, one that allocates its memory, beside what they can have', async () => {
    const job = new TestJob(world, { script: COMPUTES })
    const source = await job.start(1024)
    source.preferCpu()
    const samples = await shows(source, ({ cpuPercent, memBytes }) => cpuPercent > 80 && memBytes > 200 * MIB)
    const newest = samples.at(-1)!
    expect(newest.cpuPercent).toBeLessThan(110)
    expect(newest.memBytes).toBeLessThan(260 * MIB)
    expect(newest.processes).toBe(2)
    expect(newest.capacityCpu).toBeGreaterThan(0)
    expect(newest.capacityMemBytes).toBeGreaterThan(512 * MIB)
    expect(newest.capacityMemBytes).toBeLessThan(1024 * MIB)
    expect(newest.capacitySwapBytes).toBe(0)
    // What is on its way for a second or less is never written to the job's disk.
    expect(kept(source)).toBe(0)
  })

  test('what it writes to its disk and says to others is counted, what it says to itself is not', async () => {
    const job = new TestJob(world, { script: TALKS })
    const source = await job.start()
    const samples = await shows(source, ({ diskWriteRate }) => diskWriteRate > 5 * MIB)
    expect(samples.some(({ netOutRate }) => netOutRate > 100_000)).toBe(true)
    expect(samples.every(({ netOutRate }) => netOutRate < 10 * MIB)).toBe(true)
  })

  test('as soon as it is measured the OpCenter has it', async () => {
    const job = new TestJob(world, { steps: 400 })
    const source = await job.start()
    const delays: number[] = []
    for (let seen = 0; seen < 5; seen += 1) {
      await until(() => source.center.samples.length > seen || undefined, {
        withinMs: 20_000,
        everyMs: 5,
        late: late(source),
      })
      delays.push(Date.now() - source.center.samples[seen]!.at)
    }
    expect(delays.toSorted((a, b) => a - b)[2]).toBeLessThan(1500)
  })
})

test('there is no sample of the time in which it was saved and restored, and no hole in the time in which it ran', async () => {
  const job = new TestJob(world, { steps: 200 })
  const source = await job.start()
  await shows(source, () => true, 3)
  const { takenAt } = await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  const before = [...source.center.samples]
  await source.center.ask('releaseVolumes', {})
  const target = await job.goOn(source)
  const after = await shows(target, () => true, 3)
  expect(source.center.samples).toEqual(before)
  expect(holes(before)).toEqual([])
  expect(holes(after)).toEqual([])
  expect(before.at(-1)!.at).toBeLessThanOrEqual(takenAt)
  // What lies in between are two commands before the freeze, and on a busy machine they take their time.
  expect(takenAt - before.at(-1)!.at).toBeLessThan(2000)
  const first = after[0]!
  expect(Math.abs(first.at - first.spanMs - target.center.report!.job!.runningSince!)).toBeLessThan(UNEVEN_MS)
  // An idle program: a span that reached over the restore would show its work.
  expect(Math.max(...after.map(({ cpuPercent }) => cpuPercent))).toBeLessThan(60)
})

test('a snapshot takes its time out of what is measured, and nothing else', async () => {
  const job = new TestJob(world, { steps: 200, env: { BALLAST_MIB: '200' } })
  const source = await job.start()
  await shows(source, () => true, 2)
  const { takenAt, timings } = await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
  const thawedAt = takenAt + timings.freezeMs + timings.dumpMs + timings.drainLogsMs
  const samples = await shows(source, ({ at }) => at > thawedAt + 2000)
  expect(holes(samples)).toHaveLength(1)
  for (const { at, spanMs } of samples) expect(at <= takenAt || at - spanMs >= thawedAt).toBe(true)
})

describe('what was measured while the OpCenter was away arrives later', () => {
  test('also after the death of the worker', async () => {
    const job = new TestJob(world, { steps: 400 })
    const source = await job.start()
    await shows(source, () => true, 2)
    source.center.goAway()
    const awayAt = Date.now()
    await keeps(source, 3)
    source.killWorker()
    const adopted = (): true | undefined => source.log().includes('adopted the running job') || undefined
    await until(adopted, { withinMs: 30_000, late: late(source) })
    const many = kept(source)
    await keeps(source, many + 3)
    expect(source.center.samples.every(({ at }) => at < awayAt + UNEVEN_MS)).toBe(true)
    const backAt = Date.now()
    source.center.comeBack()
    const samples = await shows(source, ({ at }) => at > backAt)
    // Only for the time without a worker there is nothing.
    expect(holes(samples).length).toBeLessThanOrEqual(1)
    expect(samples.length).toBeGreaterThanOrEqual(many + 5)
    await until(() => kept(source) === 0 || undefined, { withinMs: 20_000, late: late(source) })
  })

  test('from the volume, when its instance was taken meanwhile', async () => {
    const job = new TestJob(world, { steps: 400 })
    const source = await job.start()
    await shows(source, () => true, 2)
    source.center.goAway()
    await keeps(source, 3)
    source.center.notice = { action: 'terminate', time: new Date(Date.now() + 12_000).toISOString() }
    const saved = (): true | undefined =>
      readFileSync(source.path('/run/mmworker/state.json'), 'utf8').includes('"saved"') || undefined
    await until(saved, { withinMs: 30_000, late: late(source) })
    const many = kept(source)
    await source.kill()
    const target = await job.goOn(source)
    const samples = await shows(target, () => true, many + 2)
    expect(holes([...source.center.samples, ...samples])).toHaveLength(1)
    expect(kept(target)).toBe(0)
  })
})

test('a full disk neither stops the program nor what is measured of it', async () => {
  const memory = { DATABASE: '/dev/shm/rows.sqlite', JOURNAL: '/dev/shm/journal' }
  const job = new TestJob(world, { steps: 400, env: memory })
  const source = await job.start()
  await shows(source, () => true, 1)
  const all =
    'n=0; for size in 64M 8M 1M 64k 4k; do while fallocate -l $size filler-$n; do n=$((n + 1)); done; done'
  source.center.goAway()
  const awayAt = Date.now()
  source.inside(
    'sh',
    '-c',
    `cd /mnt/job; ${all} 2>/dev/null; dd if=/dev/zero of=filler bs=4k 2>/dev/null; sync -f .`,
  )
  const refused = (): true | undefined => source.log().includes('samples cannot be kept') || undefined
  await until(refused, { withinMs: 60_000, everyMs: 200, late: late(source) })
  const fullAt = Date.now()
  source.center.comeBack()
  const samples = await shows(source, ({ at }) => at > fullAt + 2000)
  expect(holes(samples)).toEqual([])
  expect(samples.filter(({ at }) => at > awayAt && at < fullAt)).not.toEqual([])
})

/** All samples that the OpCenter has, once there are so many of a kind. */
const shows = (instance: Instance, wanted: (sample: Sample) => boolean, count = 1): Promise<Sample[]> => {
  const there = (): Sample[] | undefined =>
    instance.center.samples.filter(wanted).length >= count ? [...instance.center.samples] : undefined
  return until(there, {
    withinMs: 60_000,
    late: () => JSON.stringify(instance.center.samples) + late(instance)(),
  })
}

/** The pairs of neighbours between which time is missing, or counted twice. */
const holes = (samples: readonly Sample[]): [Sample, Sample][] =>
  samples.slice(1).flatMap((sample, index): [Sample, Sample][] => {
    const before = samples[index]!
    return Math.abs(sample.at - sample.spanMs - before.at) > UNEVEN_MS / 4 ? [[before, sample]] : []
  })

/** How many samples lie on the job's volume. */
const kept = (instance: Instance): number => {
  const directory = instance.path('/mnt/job/samples')
  if (!existsSync(directory)) return 0
  const text = readdirSync(directory).map((name) => readFileSync(`${directory}/${name}`, 'utf8'))
  return text.join('').split('\n').length - 1
}

const keeps = (instance: Instance, count: number): Promise<true> =>
  until(() => kept(instance) >= count || undefined, { withinMs: 30_000, late: late(instance) })

const COMPUTES = `#!/usr/bin/python3
ballast = b'x' * (200 << 20)
while True: pass
`

/** About 20 MiB a second to its disk and to loopback, and 400 KB to an address outside that nobody has. */
const TALKS = `#!/usr/bin/python3
import os, socket, time
inside, outside = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
inside.bind(('127.0.0.1', 5000))
file = os.open('/written', os.O_WRONLY | os.O_CREAT)
while True:
    os.pwrite(file, os.urandom(2 << 20), 0)
    os.fsync(file)
    for _ in range(60): outside.sendto(b'x' * 1000, ('10.254.254.1', 5000))
    for _ in range(40): inside.sendto(b'x' * 60000, ('127.0.0.1', 5000))
    time.sleep(0.1)
`
