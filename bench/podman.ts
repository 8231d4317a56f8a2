import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { waitFor } from '@mmcloud/testkit'
import type { Peer } from './peer.ts'
import { CACHE } from './places.ts'
import { ScriptedPeer } from './scripted-peer.ts'

const execute = promisify(execFile)
const SCRIPT = fileURLToPath(new URL('podman.sh', import.meta.url))
const PATIENCE_MS = 30_000

/**
 * The same program under this machine's podman, saved with `podman container checkpoint --export` and restored with
 * `podman container restore --import`: what a person can do without a product. It has the whole machine; the others have
 * an instance of one CPU and 2 GiB.
 */
export const startPodman = async (megabytes: number): Promise<Peer> => {
  const work = await mkdtemp(join(tmpdir(), 'mmcloud-bench-podman-'))
  const store = join(work, 'store')
  await mkdir(store)
  const system = await realpath(join(CACHE, 'system/current'))
  const image = await realpath(join(CACHE, 'images/python'))
  const isolated = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const child = spawn('unshare', [...isolated, 'sh', SCRIPT, work, system, image, String(megabytes)], {
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    await removeCgroups(basename(work))
    await removeWhenFree(work)
  }
  try {
    const script = new ScriptedPeer(store)
    await script.ready()
    return {
      name: '`podman container checkpoint --export`, `restore --import`',
      standStill: () => script.standStill(),
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Their processes have been killed, but the kernel may need a moment to bury them. */
const removeCgroups = (name: string): Promise<void> =>
  waitFor(`the cgroups ${name} to be empty`, PATIENCE_MS, async () => {
    const { stdout } = await execute('find', [
      '/sys/fs/cgroup',
      '-depth',
      '-type',
      'd',
      '-path',
      `*/${name}*`,
    ])
    const left = stdout.split('\n').filter(Boolean)
    await Promise.allSettled([execute('rmdir', left)])
    return left.length === 0 ? { done: undefined } : { notYet: left.join(' ') }
  })

/** The mounts are gone with the namespace, which the kernel takes down behind our back. */
const removeWhenFree = (folder: string): Promise<void> =>
  waitFor(`${folder} to be free`, PATIENCE_MS, async () => {
    const { stdout } = await execute('losetup', ['--associated', join(folder, 'disk')])
    if (stdout !== '') return { notYet: stdout }
    await rm(folder, { recursive: true })
    return { done: undefined }
  })
