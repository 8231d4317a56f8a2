import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newInstanceId, newVolumeId } from '@mmcloud/domain'
import { LocalProvider, stopLocalCloud } from '@mmcloud/provider-local'
import { waitFor } from '@mmcloud/testkit'
import { CACHE, pythonRootfs } from './places.ts'
import { longestGaps } from './statistics.ts'

const PATIENCE_MS = 300_000
const execute = promisify(execFile)

/**
 * Seconds that the same program stands still when it is saved and restored in place by bare `runc checkpoint`, `sync -f`
 * and `runc restore`, on the same kind of instance and volume: the floor below which nothing of this kind can be.
 */
export const bareStandStill = async (rounds: number): Promise<number[]> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mmcloud-bench-'))
  const store = join(dataDir, 'images')
  const provider = new LocalProvider({
    dataDir,
    systemImage: join(CACHE, 'system/current'),
    imageStore: store,
  })
  const signal = AbortSignal.timeout(PATIENCE_MS)
  try {
    await prepareContainer(store)
    const volume = newVolumeId(randomInt)
    const id = newInstanceId(randomInt)
    await provider.createVolume({ id: volume, sizeGB: 64, owner: 'bench' }, signal)
    const userData = `ROUNDS=${rounds}\n${await readFile(new URL('bare.sh', import.meta.url), 'utf8')}`
    await provider.launch(
      { id, instanceType: 't2.small', market: 'spot', maxPricePerHour: 100, userData, owner: 'bench' },
      signal,
    )
    await provider.attachVolume(volume, id, signal)
    await waitFor('bare runc to be done', PATIENCE_MS, async () => {
      const files = await readdir(store)
      if (files.includes('failed')) throw new Error(await readFile(join(store, 'console'), 'utf8'))
      return files.includes('done') ? { done: true } : { notYet: files.join(' ') }
    })
    return longestGaps(await readFile(join(store, 'ticks'), 'utf8'), rounds)
  } finally {
    await stopLocalCloud(dataDir)
    await rm(dataDir, { recursive: true })
  }
}

/** What `bare.sh` looks for: a root file system with the ticker in it, and the container's configuration. */
const prepareContainer = async (store: string): Promise<void> => {
  await mkdir(store)
  await execute('cp', ['-a', await pythonRootfs(), join(store, 'rootfs')])
  await copyFile(new URL('ticker.py', import.meta.url), join(store, 'rootfs/ticker.py'))
  await writeFile(join(store, 'config.json'), JSON.stringify(CONTAINER))
}

const CONTAINER = {
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ['/usr/bin/python3', '/ticker.py'],
    env: ['PATH=/usr/bin:/bin', 'MEGABYTES=1024'],
    cwd: '/',
  },
  root: { path: 'rootfs' },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
  ],
  linux: {
    namespaces: [{ type: 'pid' }, { type: 'ipc' }, { type: 'uts' }, { type: 'mount' }, { type: 'network' }],
  },
}
