import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TestJob } from './job.ts'
import { World } from './world.ts'

const world = new World()
beforeAll(async () => {
  await world.make()
})
beforeEach(() => world.plugDisks(3072))
afterEach(() => world.clear())
afterAll(() => world.clean())

describe('a program with a database, threads, a child, a deleted open file and shared memory', () => {
  test('is saved by the worker alone at a notice and goes on elsewhere to the right result', async () => {
    const job = new TestJob(world)
    const source = await job.start()
    await job.line(source, 8)
    source.center.notice = { action: 'terminate', time: new Date(Date.now() + 12_000).toISOString() }
    await job.phase(source, 'saved')
    await source.center.ask('releaseVolumes', {})
    const target = await job.goOn(source)
    expect(await job.end(target)).toEqual(job.rightEnd)
    expect(target.center.report?.job?.exitCode).toBe(7)
  })

  test('survives the death of its worker, and of its instance after a snapshot', async () => {
    const job = new TestJob(world)
    const source = await job.start()
    await job.line(source, 3)
    await source.center.ask('captureJob', { captureId: 'one', kind: 'snapshot' })
    source.killWorker()
    await job.phase(source, 'running')
    expect(source.log()).toContain('adopted the running job')
    await job.line(source, 15)
    await source.kill()
    const target = await job.goOn(source)
    expect(await job.end(target)).toEqual(job.rightEnd)
  })
})
