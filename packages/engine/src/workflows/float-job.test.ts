import { WorkflowFailure, type Step } from '../workflow/workflow.ts'
import { type InstanceId, type JobId, RESTORE_TRIES, reasonSentence } from '@mmcloud/domain'
import { FakeFleet } from '../ports/fleet/fake-fleet.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aSpec, TestWorld } from '../test-world.ts'
import { endJob } from './end-job.ts'
import { floatJob } from './float-job.ts'
import { placeJob } from './place-job.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

/** Replaces one step's deed for one run; put back when it has happened. */
const breakOnce = (
  steps: readonly Step[],
  name: string,
  broken: (run: Step['run']) => Step['run'],
): (() => boolean) => {
  const step = steps.find((candidate) => candidate.name === name) as { run: Step['run'] }
  const whole = step.run
  let happened = false
  step.run = async (context) => {
    step.run = whole
    happened = true
    return broken(whole)(context)
  }
  return () => {
    step.run = whole
    return happened
  }
}

const failsBefore = (): Step['run'] => async () => {
  throw new WorkflowFailure('unknown', 'made to fail before its deed')
}
const failsAfter =
  (run: Step['run']): Step['run'] =>
  async (context) => {
    await run(context)
    throw new WorkflowFailure('unknown', 'made to fail after its deed')
  }

const oneCopyAndNothingElse = async (
  id: Parameters<TestWorld['job']>[0],
  progress: number,
): Promise<void> => {
  const job = await world.until(id, (now) => now.status === 'Executing' && now.workflow === undefined)
  const copies = await world.fleet.copies(id)
  expect(copies.length).toBe(1)
  expect(copies[0]?.progress).toBe(progress)
  expect(job.residence.kind).toBe('running')
  // The sweep runs every ten seconds; give it that.
  await world.clock.sleep(25_000, new AbortController().signal)
  const { instances, volumes } = await world.cloud()
  expect(instances).toEqual([job.residence.kind === 'running' && job.residence.instance])
  expect(volumes).toBe(1)
}

describe('a planned move', () => {
  test('takes the program to another instance exactly where it was', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 42)
    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
    await oneCopyAndNothingElse(job.id, 42)
    expect(await world.story(job.id)).toEqual(expect.arrayContaining(['migrateAsked', 'saved', 'restored']))
    const [migration] = await world.records.read((view) => view.migrations(job.id))
    expect(migration).toMatchObject({ trigger: 'manual', outcome: 'done' })
  })

  for (const step of floatJob.steps) {
    for (const [how, broken] of [
      ['before', failsBefore],
      ['after', failsAfter],
    ] as const) {
      test(`failing ${how} the deed of ${step.name} loses nothing, doubles nothing, leaves nothing`, async () => {
        const job = await world.executing()
        await world.fleet.work(job.id, 42)
        const mend = breakOnce(floatJob.steps, step.name, broken)
        await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
        await oneCopyAndNothingElse(job.id, 42)
        expect(mend()).toBe(true)
      })
    }
    test(`an OpCenter killed in ${step.name} goes on with it after its restart`, async () => {
      const job = await world.executing()
      await world.fleet.work(job.id, 42)
      let restarted: Promise<void> | undefined
      const mend = breakOnce(floatJob.steps, step.name, (run) => async (context) => {
        await run(context)
        // The deed is done, its record is not: the engine that did it is stopped before it can write.
        restarted = world.restart()
        context.signal.throwIfAborted()
        throw new Error('the engine was not stopped')
      })
      await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
      await world.until(job.id, () => restarted !== undefined)
      await restarted
      await oneCopyAndNothingElse(job.id, 42)
      expect(mend()).toBe(true)
    })
  }

  test('a second one is refused in words while the first is under way', async () => {
    const job = await world.executing()
    const first = world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    await expect(world.engine.commands.migrate(job.id, 'ada', { instanceType: 't3.medium' })).rejects.toThrow(
      /cannot migrate/,
    )
    await first
    await oneCopyAndNothingElse(job.id, 0)
  })

  test('a capture that fails leaves the job running where it is, and says so', async () => {
    const job = await world.executing()
    world.fleet.failNext('captureJob', 'No space left on device')
    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    await oneCopyAndNothingElse(job.id, 0)
    expect(await world.story(job.id)).toContain('captureFailed')
    expect((await world.job(job.id)).residence).toEqual(job.residence)
  })
})

describe('a reclaim', () => {
  const instanceOf = (job: Awaited<ReturnType<TestWorld['job']>>) => {
    if (job.residence.kind !== 'running') throw new Error('not running')
    return job.residence.instance
  }

  /** The program's end on its instance, and how long before the instance went. */
  const savedBefore = async (id: JobId, taken: number): Promise<number> => {
    const [checkpoint] = await world.records.read((view) => view.checkpoints(id))
    return taken - checkpoint!.takenAt
  }

  test('with notice lets the program work on until its target is ready', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 42)
    const taken = world.clock.now() + 120_000
    await world.provider.reclaim(instanceOf(job), 120)
    await world.until(
      job.id,
      (now) => now.residence.kind === 'running' && instanceOf(now) !== instanceOf(job),
    )
    await oneCopyAndNothingElse(job.id, 42)
    const story = (await world.story(job.id)).slice((await world.story(job.id)).indexOf('reclaimNotice'))
    expect(story.indexOf('instanceReady')).toBeLessThan(story.indexOf('saved'))
    expect(await savedBefore(job.id, taken)).toBeGreaterThan(60_000)
  })

  test('with notice and a target that never calls saves the program in time all the same', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 42)
    breakOnce(floatJob.steps, 'launch', (run) => async (context) => {
      const launched = await run(context)
      world.fleet.silence(context.params['target'] as InstanceId)
      return launched
    })
    const taken = world.clock.now() + 120_000
    await world.provider.reclaim(instanceOf(job), 120)
    await world.until(job.id, (now) => now.residence.kind === 'saved')
    expect(await world.story(job.id)).not.toContain('wentBack')
    expect(await savedBefore(job.id, taken)).toBeGreaterThanOrEqual(FakeFleet.savesWithinMs)
    await oneCopyAndNothingElse(job.id, 42)
  })

  test('that cannot be saved tells so once, tries again ever more slowly, and counts', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 42)
    for (let n = 1; n <= 6; n += 1) world.fleet.failNext('captureJob', `criu failed: pid ${n} is too strange`)
    await world.provider.reclaim(instanceOf(job), 120)
    await world.until(job.id, (now) => now.captureFailure?.tries === 5)
    expect((await world.job(job.id)).status).toBe('Executing')
    await world.until(
      job.id,
      (now) => now.residence.kind === 'running' && instanceOf(now) !== instanceOf(job),
    )
    await oneCopyAndNothingElse(job.id, 42)
    const events = await world.records.read((view) => view.events(job.id))
    const count = (reason: string): number => events.filter((event) => event.reason === reason).length
    expect([count('reclaimNotice'), count('captureFailed'), count('saved')]).toEqual([1, 1, 1])
    expect(events.find((event) => event.reason === 'saved')?.numbers['failedTries']).toBe(6)
    const asked = world.fleet.calls.filter((call) => call.method === 'captureJob')
    const gaps = asked.slice(1).map((call, index) => Math.round((call.at - asked[index]!.at) / 1000))
    expect(gaps).toEqual([2, 4, 8, 15, 15, 15])
    expect((await world.job(job.id)).captureFailure).toBeUndefined()
  })

  test('with a cloud that does not answer saves the program all the same, and goes on when it does', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 42)
    await world.provider.reclaim(instanceOf(job), 120)
    world.provider.away = true
    await world.until(job.id, (now) => now.residence.kind === 'saved')
    world.provider.away = false
    await oneCopyAndNothingElse(job.id, 42)
    const floats = (await world.story(job.id)).filter((reason) => reason === 'reclaimNotice')
    expect(floats).toEqual(['reclaimNotice'])
  })

  test('without notice goes back to the last checkpoint', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 10)
    await world.engine.commands.snapshot(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
    await world.fleet.work(job.id, 5)
    const checkpointAt = (await world.records.read((view) => view.checkpoints(job.id)))[0]!.takenAt
    await world.clock.sleep(60_000, new AbortController().signal)
    world.provider.kill(instanceOf(job))
    await world.until(
      job.id,
      (now) =>
        now.status === 'Executing' &&
        now.residence.kind === 'running' &&
        now.residence.instance !== instanceOf(job),
    )
    await oneCopyAndNothingElse(job.id, 10)
    const story = await world.story(job.id)
    expect(story.slice(story.indexOf('instanceDied'))).toEqual(
      expect.arrayContaining(['wentBack', 'restored']),
    )
    const events = await world.records.read((view) => view.events(job.id))
    const told = (reason: string): Record<string, unknown> =>
      events.findLast((event) => event.reason === reason)!.numbers
    // It worked on for as long after its snapshot as it lost, and stood still only from its death on.
    const lostMs = events.find((event) => event.reason === 'instanceDied')!.at - checkpointAt
    expect(told('wentBack')).toEqual({ checkpoint: 1, lostMs })
    expect(told('restored')['standStillMs']).toBeLessThan(30_000)
    const [line] = await world.records.read((view) => view.migrations(job.id))
    expect(line).toMatchObject({ trigger: 'lost', source: { instance: instanceOf(job) }, outcome: 'done' })
  })

  test('a program goes on only where the processor has all that it may rely on', async () => {
    world.provider.processor('t3.micro', ['avx2'])
    world.provider.processor('m5.large', ['avx2', 'avx512f'])
    const job = await world.executing()
    world.provider.limit('t3.micro', 'spot', 0)
    world.provider.limit('t3.micro', 'onDemand', 0)
    world.provider.limit('m5.large', 'spot', 0)
    world.provider.limit('m5.large', 'onDemand', 0)
    await world.fleet.work(job.id, 5)
    await world.provider.reclaim(instanceOf(job), 120)
    await world.until(job.id, (now) => now.placementTries > 0)
    const events = await world.records.read((view) => view.events(job.id))
    expect(events.findLast(({ reason }) => reason === 'waitingForCapacity')!.numbers['tried']).toContain(
      'avx2',
    )
    world.provider.limit('m5.large', 'spot', 1)
    const there = await world.until(job.id, (now) => now.status === 'Executing')
    const { offer } = (await world.records.read((view) => view.instance(instanceOf(there))))!
    expect(offer.instanceType).toBe('m5.large')
    await oneCopyAndNothingElse(job.id, 5)
  })

  test('without notice and without a checkpoint runs again if it may', async () => {
    const job = await world.executing()
    world.provider.kill(instanceOf(job))
    const again = await world.until(job.id, (now) => now.attempt === 2 && now.status === 'Executing')
    expect(again.status).toBe('Executing')
    expect(await world.story(job.id)).toContain('startedOver')
  })

  test('without notice, without a checkpoint and without rerun is a loss, told as one', async () => {
    const job = await world.executing({ rerunAllowed: false })
    world.provider.kill(instanceOf(job))
    const lost = await world.until(job.id, (now) => now.status === 'FailToComplete')
    expect(lost.exitCode).toBeUndefined()
    expect(await world.story(job.id)).toContain('lostForGood')
  })

  test.each([
    ['whose files are damaged, after two looks', 2, 'damaged'],
    ['from which the program does not come back, after many tries', RESTORE_TRIES, 'restore'],
  ] as const)('a checkpoint %s, is given up for the one before', async (_what, tries, refusal) => {
    const job = await world.executing()
    for (const amount of [10, 10]) {
      await world.fleet.work(job.id, amount)
      await world.engine.commands.snapshot(job.id, 'ada')
      await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
    }
    for (let n = 0; n < tries; n += 1) world.fleet.failNext('restoreJob', 'broken image', refusal)
    world.provider.kill(instanceOf(job))
    await world.until(job.id, (now) => now.status === 'Floating')
    await oneCopyAndNothingElse(job.id, 10)
  })

  test('an image that cannot be fetched for long costs no checkpoint', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 7)
    await world.engine.commands.suspend(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Suspended' && now.workflow === undefined)
    for (let n = 0; n < 2 * RESTORE_TRIES; n += 1)
      world.fleet.failNext('restoreJob', 'no such manifest', 'image')
    await world.engine.commands.resume(job.id, 'ada')
    await oneCopyAndNothingElse(job.id, 7)
    expect(await world.story(job.id)).toContain('imageFailed')
  })

  test('an image that cannot be fetched at the first start is tried again, and in the end told', async () => {
    world.fleet.failNext('startJob', 'registry away', 'image')
    await world.executing()
    world.fleet.failAll('startJob', 'registry away', 'image')
    const job = await world.engine.commands.submit(aSpec(), 'ada')
    await world.until(job.id, (now) => now.status === 'FailToExecute')
    expect((await world.story(job.id)).filter((reason) => reason === 'imageFailed')).toHaveLength(3)
  })

  test('a program that ends just before it would be saved has ended, and nothing else is told', async () => {
    const job = await world.executing()
    const asked = world.engine.commands.migrate(job.id, 'ada', {})
    await world.fleet.exit(job.id, 0)
    await asked
    await world.until(job.id, (now) => now.status === 'Completed')
    expect(await world.story(job.id)).not.toContain('captureFailed')
  })

  test('when every checkpoint is lost the job ends as CheckpointFailed, never as a hang', async () => {
    const job = await world.executing()
    await world.engine.commands.snapshot(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
    for (let n = 0; n < RESTORE_TRIES; n += 1) world.fleet.failNext('restoreJob', 'broken image')
    world.provider.kill(instanceOf(job))
    await world.until(job.id, (now) => now.status === 'CheckpointFailed')
    await world.until(job.id, (now) => now.workflow === undefined)
  })

  test('a saved job without capacity stays Floating, says so, and goes on when there is some', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 3)
    await world.engine.commands.snapshot(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Executing' && now.workflow === undefined)
    const limits = (count: number): void => {
      for (const type of ['t3.micro', 't3.medium', 'm5.large'])
        for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, count)
    }
    limits(0)
    world.provider.kill(instanceOf(job))
    await world.until(job.id, (now) => now.placementTries > 5)
    expect((await world.job(job.id)).status).toBe('Floating')
    expect(await world.story(job.id)).toContain('waitingForCapacity')
    limits(Infinity)
    await oneCopyAndNothingElse(job.id, 3)
  })
})

describe('the whole life', () => {
  test('every instance it had is paid for, and its disk, to the millisecond', async () => {
    const job = await world.executing()
    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    await oneCopyAndNothingElse(job.id, 0)
    await world.fleet.exit(job.id, 0)
    const ended = await world.until(job.id, (now) => now.status === 'Completed' && now.workflow === undefined)
    const instances = await world.records.read((view) => view.instances({ job: job.id }))
    expect(instances.length).toBe(2)
    const paid = instances.map(
      ({ offer, requestedAt, goneAt }) => (offer.pricePerHour * (goneAt! - requestedAt)) / 3_600_000,
    )
    const [disk] = await world.records.read((view) => view.volumes({ job: job.id }))
    const kept = (disk!.sizeGB * 0.08 * (disk!.deletedAt! - disk!.madeAt!)) / (730 * 3_600_000)
    expect(kept).toBeGreaterThan(0)
    expect(ended.costUsd).toBeCloseTo(paid[0]! + paid[1]! + kept, 12)
  })

  test('an exit is kept, and everything is given back', async () => {
    const job = await world.executing()
    await world.fleet.exit(job.id, 7)
    const ended = await world.until(
      job.id,
      (now) => now.status === 'FailToComplete' && now.workflow === undefined,
    )
    expect(ended.exitCode).toBe(7)
    expect(await world.cloud()).toEqual({ instances: [], volumes: 0 })
  })

  test('at its end it is told what to ask for next time, and that is no reason not to end', async () => {
    const [told, silent] = [await world.executing(), await world.executing()]
    world.usage.hint = {
      flags: '--cpu 1 --mem 1:2',
      reason: 'it used 1.5 GiB at most',
      cpu: { min: 1, max: 1 },
      memGB: { min: 1, max: 2 },
    }
    await world.fleet.exit(told.id, 0)
    const ended = await world.until(told.id, (now) => now.status === 'Completed')
    const last = (await world.records.read((view) => view.events(told.id))).at(-1)!
    expect(last).toMatchObject({ reason: 'nextTime', from: 'Completed', to: 'Completed', at: ended.endedAt })
    expect(reasonSentence(last.reason, last.numbers)).toBe(
      'next time ask for --cpu 1 --mem 1:2: it used 1.5 GiB at most',
    )
    world.usage.sizeHint = async () => Promise.reject(new Error('samples.db is locked'))
    await world.fleet.exit(silent.id, 0)
    await world.until(silent.id, (now) => now.status === 'Completed')
    expect((await world.story(silent.id)).at(-1)).toBe('exited')
  })

  test('suspend gives the instance back and resume goes on', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 8)
    await world.engine.commands.suspend(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Suspended' && now.workflow === undefined)
    expect(await world.cloud()).toEqual({ instances: [], volumes: 1 })
    const restMs = 1_800_000
    await world.clock.sleep(restMs, new AbortController().signal)
    await world.engine.commands.resume(job.id, 'ada')
    await oneCopyAndNothingElse(job.id, 8)
    const [line] = await world.records.read((view) => view.migrations(job.id))
    expect(line!.standStillMs).toBeGreaterThanOrEqual(restMs)
    // Nothing was rented while it rested.
    expect(line!.costUsd).toBeLessThan(0.0003)
  })

  test('draining saves what runs and gives its instance back; the next start goes on', async () => {
    const job = await world.executing()
    await world.fleet.work(job.id, 8)
    await world.engine.drain(new AbortController().signal)
    expect(await world.cloud()).toEqual({ instances: [], volumes: 1 })
    expect((await world.job(job.id)).status).toBe('Floating')
    await world.restart()
    await oneCopyAndNothingElse(job.id, 8)
  })

  test('no capacity is retried as the policy says, then the job says what was tried', async () => {
    for (const type of ['t3.micro', 't3.medium', 'm5.large'])
      for (const market of ['spot', 'onDemand'] as const) world.provider.limit(type, market, 0)
    const job = await world.submitted({
      vmPolicy: { policy: 'spotFirst', retryLimit: 2, retryIntervalSeconds: 30 },
    })
    await world.until(job.id, (now) => now.status === 'NoAvailableHost')
    expect((await world.story(job.id)).filter((reason) => reason === 'noCapacity').length).toBe(2)
    const last = (await world.records.read((view) => view.events(job.id))).at(-1)
    expect(last?.numbers['tried']).toBe('no room now on t3.micro, t3.medium, m5.large (spotFirst)')
  })

  test('a price limit below every offer is told as that', async () => {
    const job = await world.submitted({
      vmPolicy: { policy: 'spotOnly', retryLimit: 0, retryIntervalSeconds: 30, priceLimit: 0.001 },
    })
    await world.until(job.id, (now) => now.status === 'NoAvailableHost')
    const last = (await world.records.read((view) => view.events(job.id))).at(-1)
    expect(last?.numbers['tried']).toMatch(/t3.micro, costs 0.0031\d* USD/)
  })

  for (const step of [...placeJob.steps, ...endJob.steps]) {
    test(`cancel while ${step.name} is under way ends the job and leaves nothing`, async () => {
      const steps = placeJob.steps.includes(step) ? placeJob.steps : endJob.steps
      let reached = false
      const mend = breakOnce(steps, step.name, (run) => async (context) => {
        reached = true
        await world.engine.commands.cancel(context.jobId, 'ada')
        return run(context)
      })
      const job = await world.submitted()
      if (steps === endJob.steps) {
        await world.until(job.id, (now) => now.status === 'Executing')
        await world.engine.commands.cancel(job.id, 'ada')
      }
      await world.until(job.id, (now) => now.status === 'Cancelled' && now.workflow === undefined)
      await world.clock.sleep(25_000, new AbortController().signal)
      expect(await world.cloud()).toEqual({ instances: [], volumes: 0 })
      expect(reached).toBe(true)
      mend()
    })
  }
})
