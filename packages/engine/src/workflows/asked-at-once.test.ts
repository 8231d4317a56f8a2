import type { Job } from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestWorld } from '../test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

/** A running job whose instance the cloud does not take back at the first asking. */
const slowlyEnded = async (): Promise<Job> => {
  const job = await world.executing()
  world.provider.failNext('terminate', new Error('made to fail'))
  return job
}
/** Settled for who looks at it, while its instance or its volumes are still being given back. */
const beingTidiedUp = (job: Job, status: Job['status']): Promise<Job> =>
  world.until(job.id, (now) => now.status === status && now.workflow !== undefined)
const free = (job: Job, status: Job['status']): Promise<Job> =>
  world.until(job.id, (now) => now.status === status && now.workflow === undefined)

describe('what is asked the moment a job has settled waits for the tidying up', () => {
  test('a move after a move', async () => {
    const job = await slowlyEnded()
    await world.engine.commands.migrate(job.id, 'ada', {})
    await beingTidiedUp(job, 'Executing')
    await world.engine.commands.migrate(job.id, 'ada', {})
    await free(job, 'Executing')
    expect((await world.story(job.id)).filter((reason) => reason === 'restored')).toHaveLength(2)
  })

  test('a resume after a suspend', async () => {
    const job = await slowlyEnded()
    await world.engine.commands.suspend(job.id, 'ada')
    await beingTidiedUp(job, 'Suspended')
    await world.engine.commands.resume(job.id, 'ada')
    await free(job, 'Executing')
  })

  test('a rerun after an end', async () => {
    const job = await slowlyEnded()
    await world.engine.commands.cancel(job.id, 'ada')
    await beingTidiedUp(job, 'Cancelled')
    await world.engine.commands.rerun(job.id, 'ada')
    expect((await free(job, 'Executing')).attempt).toBe(2)
  })
})

test('the same move asked for again, since its answer was lost, is made once', async () => {
  const job = await world.executing()
  const known = (await world.records.read((view) => view.events(job.id))).at(-1)!.seq
  const ask = (): Promise<Job> =>
    world.engine.commands.migrate(job.id, 'ada', { memGB: { min: 8 }, byJob: true, after: known })
  const twiceAtOnce = await Promise.all([ask(), ask()])
  expect(twiceAtOnce.map(({ status }) => status)).toEqual(['Floating', 'Floating'])
  await free(job, 'Executing')
  await ask()
  const moves = await world.records.read((view) => view.migrations(job.id))
  expect(moves).toMatchObject([{ trigger: 'program', outcome: 'done' }])
})

test('another move, or one asked for later, is a move of its own', async () => {
  const job = await world.executing()
  await world.engine.commands.migrate(job.id, 'ada', { memGB: { min: 4 } })
  await free(job, 'Executing')
  await world.engine.commands.migrate(job.id, 'ada', { memGB: { min: 8 }, after: 0 })
  await free(job, 'Executing')
  const known = (await world.records.read((view) => view.events(job.id))).at(-1)!.seq
  await world.engine.commands.migrate(job.id, 'ada', { memGB: { min: 8 }, after: known })
  await free(job, 'Executing')
  expect(await world.records.read((view) => view.migrations(job.id))).toHaveLength(3)
})

test('a job that changes its own bounds moves by its own wish', async () => {
  const job = await world.executing()
  const change = (spec: Job['spec']): Job['spec'] => ({ ...spec, memGB: { min: 8 } })
  await world.engine.commands.modify(job.id, 'ada', { change, bounds: true, told: 'mem', byJob: true })
  await free(job, 'Executing')
  const moves = await world.records.read((view) => view.migrations(job.id))
  expect(moves).toMatchObject([{ trigger: 'program' }])
})

test('what is asked in the middle of a move is refused at once', async () => {
  const job = await world.executing()
  await world.engine.commands.migrate(job.id, 'ada', {})
  const asked = world.clock.now()
  await expect(world.engine.commands.migrate(job.id, 'ada', {})).rejects.toThrow(/cannot migrate/)
  expect(world.clock.now()).toBe(asked)
})
