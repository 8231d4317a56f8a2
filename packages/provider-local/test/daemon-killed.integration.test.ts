import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newVolumeId } from '@mmcloud/domain'
import { InstanceNotFoundError, VolumeInUseError } from '@mmcloud/engine'
import { leaksSince, snapshotMachine } from '@mmcloud/testkit/leaks'
import { expect, test, vi } from 'vitest'
import { ask } from '../src/control/client.ts'
import { cloudName } from '../src/daemon/names.ts'
import { stopLocalCloud } from '../src/index.ts'
import { openLocalCloud, signal } from './open-local-cloud.ts'

type Cloud = Awaited<ReturnType<typeof openLocalCloud>>

const killDaemon = async ({ dataDir }: Cloud): Promise<void> => {
  const { pid } = await ask(join(dataDir, 'cloud'), 'status', {}, signal)
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(async () => expect(await stateOf(pid)).toMatch(/^(gone|Z)$/), { timeout: 5000 })
}

const stateOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') gone')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] ?? ''
}

test('a killed daemon finds its instances, volumes and deadlines as they were', async () => {
  await using cloud = await openLocalCloud()
  const { provider, request, pidOf } = cloud
  const [kept, noticed, dead] = [request(), request(), request()]
  for (const each of [kept, noticed, dead]) await provider.launch(each, signal)
  const volume = newVolumeId(randomInt)
  await provider.createVolume({ id: volume, sizeGB: 1, owner: 'test' }, signal)
  const attached = await provider.attachVolume(volume, kept.id, signal)
  await provider.reclaim(noticed.id, 5, signal)
  const before = await provider.list(signal)
  const [keptPid, deadPid] = [await pidOf(kept.id), await pidOf(dead.id)]

  await killDaemon(cloud)
  process.kill(deadPid, 'SIGKILL')
  expect(await stateOf(keptPid)).toBe('S')

  const later = cloud.connect()
  expect(await later.list(signal)).toEqual(before.filter(({ id }) => id !== dead.id))
  expect(await pidOf(kept.id)).toBe(keptPid)
  expect(await later.attachVolume(volume, kept.id, signal)).toEqual(attached)
  await expect(later.attachVolume(volume, noticed.id, signal)).rejects.toThrow(VolumeInUseError)
  const ids = async () => (await later.list(signal)).map(({ id }) => id)
  await vi.waitFor(async () => expect(await ids()).toEqual([kept.id]), { timeout: 20_000 })
  await expect(later.terminate(noticed.id, signal)).rejects.toThrow(InstanceNotFoundError)
})

test('a stop after a crash leaves nothing on the machine but the volumes', async () => {
  const before = await snapshotMachine()
  await using cloud = await openLocalCloud()
  const { provider, request, dataDir } = cloud
  const [a, b] = [request(), request()]
  await provider.launch(a, signal)
  await provider.launch(b, signal)
  const volume = newVolumeId(randomInt)
  await provider.createVolume({ id: volume, sizeGB: 1, owner: 'test' }, signal)
  const { device } = await provider.attachVolume(volume, a.id, signal)
  await cloud.inside(a.id, 'sh', '-ec', 'mkfs.ext4 -q "$1" && mount "$1" /mnt', 'mount', device)
  const name = cloudName(join(dataDir, 'cloud'))
  const mine = (line: string): boolean => line.includes(name) || line.includes(dataDir)
  const kinds = new Set((await leaksSince(before, mine)).map((line) => line.split(' ')[0]))
  expect([...kinds]).toEqual(
    expect.arrayContaining(['cgroup', 'link', 'loop', 'mount', 'netns', 'process', 'swap']),
  )

  await killDaemon(cloud)
  await stopLocalCloud(dataDir)
  expect(await leaksSince(before, mine)).toEqual([])

  expect((await cloud.connect().listVolumes(signal)).map(({ id, attachedTo }) => [id, attachedTo])).toEqual([
    [volume, undefined],
  ])
})
