import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { TestJob } from './job.ts'
import { type Instance, World } from './world.ts'

const MEMORY_MIB = 512

const world = new World()
beforeAll(async () => {
  await world.make()
})
beforeEach(() => world.plugDisks(1024))
afterEach(() => world.clear())
afterAll(() => world.clean())

test('a program that the kernel kills for want of memory is told as such, with its limit', async () => {
  const job = new TestJob(world, { env: { GROW_AT: '10' } })
  const source = await job.start(MEMORY_MIB)
  await job.end(source)
  expectOutOfMemory(source)
})

test('the same after a move', async () => {
  const job = new TestJob(world, { env: { GROW_AT: '25' } })
  const source = await job.start(MEMORY_MIB)
  await job.line(source, 3)
  await source.center.ask('captureJob', { captureId: 'one', kind: 'move' })
  await source.center.ask('releaseVolumes', {})
  const target = await job.goOn(source, MEMORY_MIB)
  await job.end(target)
  expectOutOfMemory(target)
})

test('a program that is killed by someone else is not', async () => {
  const job = new TestJob(world)
  const source = await job.start(MEMORY_MIB)
  await job.line(source, 3)
  // The eldest: its children may go with it at once.
  process.kill(Math.min(...source.programPids('/mnt/float/job/script\0')), 'SIGKILL')
  await job.end(source)
  expect(source.center.report?.job?.exitCode).toBe(137)
  expect(source.center.report?.job?.outOfMemoryMiB).toBeUndefined()
})

const expectOutOfMemory = (instance: Instance): void => {
  const { exitCode, outOfMemoryMiB } = instance.center.report!.job!
  expect(exitCode).toBe(137)
  expect(outOfMemoryMiB).toBeGreaterThan(MEMORY_MIB / 2)
  expect(outOfMemoryMiB).toBeLessThan(MEMORY_MIB)
}
