import type { InstanceId, Job, VolumeId } from '@mmcloud/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import type { EngineDeps } from '../engine-deps.ts'
import { FakeClock } from '../ports/fake-clock.ts'
import { FakeFleet } from '../ports/fleet/fake-fleet.ts'
import { FakeGatewayDoors } from '../ports/gateway/fake-gateway-doors.ts'
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
    doors: new FakeGatewayDoors(),
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

describe('the security group of a job', () => {
  const PORTS = { publish: [{ hostPort: 80, containerPort: 8000 }], submittedFrom: '10.1.2.3' }
  const left = (world: TestWorld): Promise<readonly string[]> => world.provider.listSecurityGroups()
  const placeOf = ({ residence }: Job): InstanceId => (residence as { instance: InstanceId }).instance

  test('is on each instance it gets, and goes with it', async () => {
    const world = new TestWorld()
    const job = await world.executing(PORTS)
    const group = { owner: job.id, ports: [80], from: ['10.1.2.3/32'] }
    expect(world.provider.securityGroupOf(placeOf(job))).toEqual(group)
    const calls = world.provider.calls.map(({ method }) => method)
    expect(calls.indexOf('putSecurityGroup')).toBeLessThan(calls.indexOf('launch'))

    await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
    const moved = await world.until(
      job.id,
      (now) =>
        now.residence.kind === 'running' && placeOf(now) !== placeOf(job) && now.workflow === undefined,
    )
    expect(world.provider.securityGroupOf(placeOf(moved))).toEqual(group)

    await world.engine.commands.cancel(job.id, 'ada')
    await world.until(job.id, (now) => now.status === 'Cancelled' && now.workflow === undefined)
    await world.clock.sleep(25_000, never)
    expect(await left(world)).toEqual([])
    await world.engine.stop()
  })

  test('is made for nobody who publishes nothing', async () => {
    const world = new TestWorld()
    await world.executing()
    expect(await left(world)).toEqual([])
    await world.engine.stop()
  })

  test('lets those in whom --allowFrom names, and not the submitter', async () => {
    const world = new TestWorld()
    const job = await world.executing({ ...PORTS, allowFrom: ['192.168.0.0/16'] })
    expect(world.provider.securityGroupOf(placeOf(job))?.from).toEqual(['192.168.0.0/16'])
    await world.engine.stop()
  })

  test('that no record knows is deleted, again when that failed', async () => {
    await provider.putSecurityGroup({ owner: 'gone', ports: [80], from: [] })
    provider.failNext('deleteSecurityGroup', new Error('made to fail'))
    const sweep = createSweepReconciler(deps)
    expect(await sweep.activate(never)).toEqual({ looked: 1, acted: 0 })
    expect(await sweep.activate(never)).toEqual({ looked: 1, acted: 1 })
    expect(await provider.listSecurityGroups()).toEqual([])
  })
})
