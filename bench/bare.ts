import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newInstanceId, newVolumeId } from '@mmcloud/domain'
import { LocalProvider, stopLocalCloud } from '@mmcloud/provider-local'
import type { Peer } from './peer.ts'
import { CACHE, pythonRootfs } from './places.ts'
import { ScriptedPeer } from './scripted-peer.ts'

const PATIENCE_MS = 300_000
const execute = promisify(execFile)

/**
 * The same program saved and restored in place by bare `runc checkpoint`, `sync -f` and `runc restore`, on the same kind
 * of instance and volume: the floor below which nothing of this kind can be.
 */
export const startBare = async (megabytes: number): Promise<Peer> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mmcloud-bench-'))
  const end = async (): Promise<void> => {
    await stopLocalCloud(dataDir)
    await rm(dataDir, { recursive: true })
  }
  try {
    const store = join(dataDir, 'images')
    await prepareContainer(store, megabytes)
    await launch(dataDir, store)
    const script = new ScriptedPeer(store)
    await script.ready()
    return {
      name: 'bare `runc checkpoint`, `sync -f`, `runc restore` in place',
      standStill: () => script.standStill(),
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** What `bare.sh` looks for: a root file system with the ticker in it, and the container's configuration. */
const prepareContainer = async (store: string, megabytes: number): Promise<void> => {
  await mkdir(store)
  await execute('cp', ['-a', await pythonRootfs(), join(store, 'rootfs')])
  await copyFile(new URL('ticker.py', import.meta.url), join(store, 'rootfs/ticker.py'))
  await writeFile(join(store, 'config.json'), JSON.stringify(container(megabytes)))
}

const launch = async (dataDir: string, imageStore: string): Promise<void> => {
  const provider = new LocalProvider({ dataDir, systemImage: join(CACHE, 'system/current'), imageStore })
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const volume = newVolumeId(randomInt)
  const id = newInstanceId(randomInt)
  await provider.createVolume({ id: volume, sizeGB: 64, owner: 'bench' }, signal)
  const userData = await readFile(new URL('bare.sh', import.meta.url), 'utf8')
  await provider.launch(
    { id, instanceType: 't2.small', market: 'spot', maxPricePerHour: 100, userData, owner: 'bench' },
    signal,
  )
  await provider.attachVolume(volume, id, signal)
}

const container = (megabytes: number): object => ({
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ['/usr/bin/python3', '/ticker.py'],
    env: ['PATH=/usr/bin:/bin', `MEGABYTES=${megabytes}`],
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
})
