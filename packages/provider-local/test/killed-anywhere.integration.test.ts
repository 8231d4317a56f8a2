import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newVolumeId } from '@mmcloud/domain'
import { leaksSince, snapshotMachine } from '@mmcloud/testkit/leaks'
import { expect, test } from 'vitest'
import { ask } from '../src/control/client.ts'
import { cloudName } from '../src/daemon/names.ts'
import { stopLocalCloud } from '../src/index.ts'
import { openLocalCloud, signal } from './open-local-cloud.ts'

test('a daemon killed at any instant of its work has done each thing once or not at all', async () => {
  const before = await snapshotMachine()
  await using cloud = await openLocalCloud()
  const { provider, request, dataDir } = cloud
  const cloudDir = join(dataDir, 'cloud')
  const killAfter = async (ms: number): Promise<void> => {
    const { pid } = await ask(cloudDir, 'status', {}, signal)
    await sleep(ms)
    process.kill(pid, 'SIGKILL')
  }

  // The instants are spread over what takes about 200 ms: a launch, an attach, a detach and an end.
  for (let ms = 5; ms < 300; ms += 30) {
    await provider.list(signal)
    const asked = request()
    const volume = newVolumeId(randomInt)
    const work = async (): Promise<string> => {
      // An instance whose launch was cut off may be asked for again, or be gone like any that died.
      await provider.launch(asked, signal)
      await provider.createVolume({ id: volume, sizeGB: 1, owner: 'test' }, signal)
      const { device } = await provider.attachVolume(volume, asked.id, signal)
      expect((await cloud.inside(asked.id, 'stat', '-c', '%F', device)).trim()).toBe('block special file')
      await provider.detachVolume(volume, signal)
      await provider.terminate(asked.id, signal)
      return 'done'
    }
    const [result] = await Promise.all([work().catch(String), killAfter(ms)])
    expect(result, `killed after ${ms} ms`).toMatch(/^done$|InstanceNotFoundError/)
    expect(await provider.list(signal)).toEqual([])
    await provider.deleteVolume(volume, signal)
  }

  await stopLocalCloud(dataDir)
  const name = cloudName(cloudDir)
  expect(await leaksSince(before, (line) => line.includes(name) || line.includes(dataDir))).toEqual([])
  expect(await readFile('/run/mmcloud/registry.json', 'utf8')).not.toContain(name)
})
