import type { InstanceId, Job, VolumeId } from '@mmcloud/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { EngineDeps } from '../engine-deps.ts'
import { FakeClock } from '../ports/fake-clock.ts'
import { FakeFleet } from '../ports/fleet/fake-fleet.ts'
import { FakeProvider } from '../ports/provider/fake-provider.ts'
import { createMemoryRecords } from '../ports/records/memory-records.ts'
import { TestWorld } from '../test-world.ts'
import { createSweepReconciler } from './sweep-reconciler.ts'

const never = new AbortController().signal

let provider: FakeProvider
let deps: EngineDeps
let told: object[]
beforeEach(() => {
  const clock = new FakeClock()
  provider = new FakeProvider({ now: () => clock.now() })
  told = []
  const note = (fields: object): void => void told.push(fields)
  deps = {
    records: createMemoryRecords(),
    provider,
    fleet: new FakeFleet(provider, clock),
    usage: { recent: () => [], sizeHint: async () => undefined },
    logs: { rotate: async () => undefined },
    clock,
    random: () => 0,
    log: { info: () => undefined, warn: note, error: note },
    userData: () => '',
  }
})

/** What no record knows. */
const orphans = async (count: number): Promise<void> => {
  for (let n = 1; n <= count; n += 1) {
    const request = { instanceType: 't3.micro', market: 'spot', maxPricePerHour: 9, userData: '' } as const
    await provider.launch({ ...request, id: `i-${n}` as InstanceId, owner: 'job' })
    await provider.createVolume({ id: `vol-${n}` as VolumeId, sizeGB: 1, owner: 'job' })
  }
}
const left = async (): Promise<string[]> => [
  ...(await provider.list()).map(({ id }) => id),
  ...(await provider.listVolumes()).map(({ id }) => id),
]

describe('one thing that cannot be given back keeps nothing else', () => {
  test('when it fails', async () => {
    await orphans(3)
    provider.failNext('terminate', new Error('made to fail'))
    provider.failNext('deleteVolume', new Error('made to fail'))
    const sweep = createSweepReconciler(deps)
    expect(await sweep.activate(never)).toEqual({ looked: 6, acted: 4 })
    expect(await left()).toEqual(['i-1', 'vol-1'])
    expect(told).toContainEqual({ id: 'i-1', err: new Error('made to fail') })
    expect(told).toContainEqual({ id: 'vol-1', err: new Error('made to fail') })
    await sweep.activate(never)
    expect(await left()).toEqual([])
  })

  test('when it hangs', async () => {
    await orphans(2)
    provider.hangNext('terminate')
    await createSweepReconciler(deps).activate(never)
    expect(await left()).toEqual(['i-1'])
  })
})

test('the disk of a job that could not start goes when it is run again, not only at its end', async () => {
  const world = new TestWorld()
  world.fleet.failNext('startJob', 'made to fail')
  const job = await world.submitted()
  const settled = (status: Job['status']): Promise<Job> =>
    world.until(job.id, (now) => now.status === status && now.workflow === undefined)
  const [old] = (await settled('FailToExecute')).volumes
  await world.engine.commands.rerun(job.id, 'ada')
  const { volumes } = await settled('Executing')
  const ofCloud = async (): Promise<VolumeId[]> => (await world.provider.listVolumes()).map(({ id }) => id)
  // Run again before a sweep saw that it had ended.
  expect(await ofCloud()).toEqual([old, ...volumes])
  await world.clock.sleep(25_000, never)
  expect(await ofCloud()).toEqual(volumes)
  await world.engine.stop()
})
