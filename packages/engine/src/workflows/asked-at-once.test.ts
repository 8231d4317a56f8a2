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

test('what is asked in the middle of a move is refused at once', async () => {
  const job = await world.executing()
  await world.engine.commands.migrate(job.id, 'ada', {})
  const asked = world.clock.now()
  await expect(world.engine.commands.migrate(job.id, 'ada', {})).rejects.toThrow(/cannot migrate/)
  expect(world.clock.now()).toBe(asked)
})
