import { existsSync, readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../src/system/wait.ts'
import { late, TestJob } from './job.ts'
import { type Instance, World } from './world.ts'

const SHIM = '/run/mmworker/shim.json'
const HEAVY = { steps: 60, env: { BALLAST_MIB: '256' } }

const world = new World()
beforeAll(async () => {
  await world.make()
})
beforeEach(() => world.plugDisks(3072))
afterEach(() => world.clear())
afterAll(() => world.clean())

describe('a worker that is killed during a capture leaves the program running here or saved, never both', () => {
  test.each([
    ['before the freeze', isInPhase('capturing')],
    ['when CRIU has begun', runsCriu],
    ['while memory is being written', has('/mnt/job/checkpoints/1/images/pages-2.img')],
    ['when the checkpoint is complete', has('/mnt/job/checkpoints/1/manifest.json')],
  ])('%s', async (_moment, reached) => {
    const job = new TestJob(world, HEAVY)
    const source = await job.start()
    await job.line(source, 5)
    void source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
    await moment(source, reached)
    source.killWorker()
    const phase = await job.phase(source, 'running', 'saved')
    const copies = phase === 'running' ? 1 : 0
    expect(programs(source)).toHaveLength(copies)
    const newest = source.center.report?.job?.checkpoints.at(-1)
    expect(newest?.kind ?? 'none').not.toBe(phase === 'running' ? 'move' : 'none')
    await source.center.ask('captureJob', { captureId: 'two', kind: 'move' })
    expect(programs(source)).toHaveLength(0)
    await source.center.ask('releaseVolumes', {})
    const target = await job.goOn(source)
    expect(await job.end(target)).toEqual(job.rightEnd)
  })
})

describe('a worker that is killed during a restore', () => {
  test.each([
    ['before CRIU', isInPhase('restoring')],
    ['when the shim has begun', (instance: Instance) => instance.pids(SHIM).length > 0],
    ['while CRIU restores', runsCriu],
  ])('leaves it running or failed, and the same can be asked again: %s', async (_moment, reached) => {
    const { job, target, seq } = await savedJob()
    void job.restore(target, seq)
    await moment(target, reached)
    target.killWorker()
    const phase = await job.phase(target, 'running', 'failed')
    expect(programs(target)).toHaveLength(phase === 'running' ? 1 : 0)
    expect(target.pids(SHIM).length > 0).toBe(phase === 'running')
    await job.restore(target, seq)
    expect(programs(target)).toHaveLength(1)
    expect(await job.end(target)).toEqual(job.rightEnd)
  })
})

test('runc that is killed is no end of the program: the job is lost here, and goes back', async () => {
  const job = new TestJob(world, { steps: 60 })
  const source = await job.start()
  await job.line(source, 3)
  const { seq } = await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
  for (const pid of source.pids('\0run\0')) process.kill(pid, 'SIGKILL')
  await job.phase(source, 'failed')
  expect(source.center.report?.job?.exitCode).toBeUndefined()
  expect(programs(source)).toEqual([])
  await job.restore(source, seq)
  expect(await job.end(source)).toEqual(job.rightEnd)
})

test('CRIU that is killed when the program is nearly back does not keep it for long', async () => {
  const { job, target, seq } = await savedJob()
  const asked = performance.now()
  const over = job.restore(target, seq).then(
    () => 'it was back already',
    (error: unknown) => String(error),
  )
  await moment(target, (instance) => instance.programPids('').length > 1)
  for (const pid of target.criu()) process.kill(pid, 'SIGKILL')
  const outcome = await over
  expect(performance.now() - asked).toBeLessThan(60_000)
  if (outcome !== 'it was back already') await job.restore(target, seq)
  expect(programs(target)).toHaveLength(1)
  expect(await job.end(target)).toEqual(job.rightEnd)
})

test('an instance that is taken during a restore costs nothing: the next one restores the same', async () => {
  const { job, target, seq } = await savedJob()
  void job.restore(target, seq)
  await moment(target, runsCriu)
  await target.kill()
  const last = await job.goOn(target)
  expect(await job.end(last)).toEqual(job.rightEnd)
})

/** A heavy program saved on its volume, and an instance that has the volume. */
const savedJob = async (): Promise<{ job: TestJob; target: Instance; seq: number }> => {
  const job = new TestJob(world, HEAVY)
  const source = await job.start()
  await job.line(source, 5)
  const { seq } = await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  await source.center.ask('releaseVolumes', {})
  const { target } = await job.successor(source)
  return { job, target, seq }
}

/** Asks as often as it can: these moments are short. */
const moment = (instance: Instance, reached: (instance: Instance) => boolean): Promise<true> =>
  until(() => reached(instance) || undefined, { withinMs: 30_000, everyMs: 0, late: late(instance) })

function isInPhase(phase: string): (instance: Instance) => boolean {
  return (instance) => readFileSync(instance.path('/run/mmworker/state.json'), 'utf8').includes(`"${phase}"`)
}

function has(path: string): (instance: Instance) => boolean {
  return (instance) => existsSync(instance.path(path))
}

function runsCriu(instance: Instance): boolean {
  return instance.criu().length > 0
}

/** First processes of the job: there must never be two. */
const programs = (instance: Instance): number[] => instance.programPids('/opt/memverge/init\0-g')
