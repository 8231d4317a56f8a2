import type { Volume, VolumeId } from '@mmcloud/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestWorld } from './test-world.ts'

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const never = new AbortController().signal
const aDisk = (user = 'ada'): Promise<Volume> => world.engine.disks.create(user, { sizeGB: 20 })
const on = (disk: Volume) => ({ keptDisks: [{ id: disk.id, mode: 'rw' as const, mountPoint: '/data' }] })
const recordOf = (disk: Volume) => world.records.read((view) => view.volume(disk.id))
const inCloud = async (): Promise<readonly VolumeId[]> =>
  (await world.provider.listVolumes(never)).map(({ id }) => id)
const untilEnded = async (id: Parameters<typeof world.until>[0]): Promise<void> => {
  await world.fleet.exit(id, 0)
  await world.until(id, ({ status, workflow }) => status === 'Completed' && !workflow)
}

test('a disk goes with its job through a move, stays when that ends, and is the next one’s', async () => {
  const disk = await aDisk()
  const first = await world.executing(on(disk))
  expect(first.volumes).toContain(disk.id)
  await world.engine.commands.migrate(first.id, 'ada', { instanceType: 'm5.large' })
  const moved = await world.until(first.id, ({ status, workflow }) => status === 'Executing' && !workflow)
  const { instance } = moved.residence as { instance: string }
  expect((await recordOf(disk))?.holder).toBe(instance)
  await untilEnded(first.id)
  await world.clock.sleep(120_000, never)
  expect(await inCloud()).toEqual([disk.id])

  const second = await world.executing(on(disk))
  expect(second.volumes).toContain(disk.id)
  expect(await recordOf(disk)).toMatchObject({ jobId: second.id, state: 'available', keptFor: 'ada' })
})

test('one job has it at a time, from its submit to its end', async () => {
  const disk = await aDisk()
  const { id } = await world.executing(on(disk))
  await expect(world.submitted(on(disk))).rejects.toThrow(`in use by job ${id}`)
  await world.engine.commands.suspend(id, 'ada')
  await world.until(id, ({ status }) => status === 'Suspended')
  await expect(world.engine.disks.delete(disk.id)).rejects.toThrow(`in use by job ${id}`)
  await world.engine.commands.cancel(id, 'ada')
  await world.until(id, ({ status }) => status === 'Cancelled')
  await world.executing(on(disk))
  await expect(world.engine.commands.rerun(id, 'ada')).rejects.toThrow('in use by job')
})

test('who comes after a job that is still on its way out waits for the disk, and takes nothing from it', async () => {
  const disk = await aDisk()
  const first = await world.executing(on(disk))
  await world.fleet.exit(first.id, 0)
  await world.until(first.id, ({ status }) => status === 'Completed')
  const second = await world.executing(on(disk))
  expect(second.volumes).toContain(disk.id)
  expect((await world.job(first.id)).workflow).toBeUndefined()
})

test('a disk that is deleted is given back to the cloud, and no job gets it', async () => {
  const disk = await aDisk()
  const { id } = await world.executing(on(disk))
  await untilEnded(id)
  await world.engine.disks.delete(disk.id)
  await world.clock.sleep(120_000, never)
  expect(await inCloud()).toEqual([])
  await expect(world.submitted(on(disk))).rejects.toThrow('Resource not found')
})

test('nobody has the disk of somebody else', async () => {
  const disk = await aDisk('bob')
  await expect(world.submitted(on(disk))).rejects.toThrow('Resource not found')
})
