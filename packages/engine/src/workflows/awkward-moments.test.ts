import type { InstanceId, Job } from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestWorld } from '../test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const never = new AbortController().signal
const instanceOf = (job: Job): InstanceId => {
  if (job.residence.kind !== 'running') throw new Error('not running')
  return job.residence.instance
}
const overAndEmpty = async (job: Job, status: Job['status']): Promise<Job> => {
  const ended = await world.until(job.id, (now) => now.status === status && now.workflow === undefined)
  await world.clock.sleep(25_000, never)
  expect(await world.cloud()).toEqual({ instances: [], volumes: 0 })
  return ended
}

describe('an instance that dies without notice', () => {
  test('is given up at once: the first new one gets the disk', async () => {
    const job = await world.executing()
    world.provider.kill(instanceOf(job))
    await world.until(job.id, (now) => now.attempt === 2 && now.status === 'Executing')
    const story = await world.story(job.id)
    expect(story.slice(story.indexOf('instanceDied'))).toEqual([
      'instanceDied',
      'offerChosen',
      'instanceReady',
      'startedOver',
    ])
  })

  test('again and again before the program runs uses up the tries of the job, and it says so', async () => {
    world.fleet.failAll('mountVolumes', 'made to fail')
    const job = await world.submitted()
    await overAndEmpty(job, 'NoAvailableHost')
    expect(await world.story(job.id)).toContain('retriesUsedUp')
  })
})

describe('a job whose disk the cloud has lost', () => {
  test('ends as CheckpointFailed when it was saved, and leaves nothing', async () => {
    const job = await world.executing()
    await world.engine.commands.suspend(job.id, 'ada')
    const suspended = await world.until(
      job.id,
      (now) => now.status === 'Suspended' && now.workflow === undefined,
    )
    world.provider.loseVolume(suspended.volumes[0]!)
    await world.engine.commands.resume(job.id, 'ada')
    await overAndEmpty(job, 'CheckpointFailed')
  })
})

describe('a job over its time', () => {
  for (const wish of ['cancel', 'suspend'] as const) {
    test(`ends once, though somebody asks to ${wish} it meanwhile`, async () => {
      const job = await world.executing({ timeLimitSeconds: 60 })
      world.fleet.silence(instanceOf(job))
      world.clock.jump(61_000)
      world.fleet.silence(instanceOf(job), false)
      await world.until(job.id, (now) => now.wanted === 'timedout' && now.workflow !== undefined)
      await world.engine.commands[wish](job.id, 'ada').catch(() => undefined)
      await overAndEmpty(job, 'Timedout')
    })
  }
})

test('an OpCenter that crashes between a start from scratch and its record finds what that attempt saved', async () => {
  const job = await world.executing()
  world.provider.kill(instanceOf(job))
  let target: InstanceId | undefined
  world.fleet.onBegin = () => {
    target = world.provider.existing()[0]
    world.fleet.silence(target!)
    world.crashAfter(0)
  }
  await world.until(job.id, () => target !== undefined)
  await world.fleet.work(job.id, 7)
  world.fleet.onBegin = () => undefined
  // While nobody hears it, the new instance is reclaimed too, and its worker saves by itself.
  await world.provider.reclaim(target!, 5)
  world.fleet.silence(target!, false)
  world.fleet.report(target!)
  world.fleet.silence(target!)
  world.provider.kill(target!)
  await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
  const [copy, ...more] = await world.fleet.copies(job.id)
  expect([copy?.progress, more]).toEqual([7, []])
})

test('a program that began and ended while no OpCenter was there to note it has ended as it did', async () => {
  let target: InstanceId | undefined
  world.fleet.onBegin = () => {
    target = world.provider.existing()[0]
    world.fleet.silence(target!)
    world.crashAfter(0)
  }
  const job = await world.submitted()
  await world.until(job.id, () => target !== undefined)
  await world.fleet.exit(job.id, 0)
  world.fleet.silence(target!, false)
  await overAndEmpty(job, 'Completed')
  const story = await world.story(job.id)
  expect(story.slice(story.indexOf('preparing'))).toEqual(['preparing', 'ranUnseen', 'exited'])
})
