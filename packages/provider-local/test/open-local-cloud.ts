import { execFile } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type InstanceId, newInstanceId } from '@mmcloud/domain'
import type { LaunchRequest } from '@mmcloud/engine'
import { z } from 'zod'
import { type LocalCloudSettings, LocalProvider, stopLocalCloud } from '../src/index.ts'

const run = promisify(execFile)
const stateSchema = z.object({
  instances: z.array(z.object({ id: z.string(), process: z.object({ pid: z.int() }).optional() })),
})

const CACHE = process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud'
export const IDLE = 'exec sleep infinity\n'
export const signal = new AbortController().signal

/** A real local cloud in a directory of its own; disposing ends it and deletes the directory. */
export const openLocalCloud = async (settings: Partial<LocalCloudSettings> = {}) => {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), 'mmcloud-test-')))
  const imageStore = join(dataDir, 'images')
  const all = { dataDir, systemImage: join(CACHE, 'system/current'), imageStore, swapGB: 0.25, ...settings }
  const connect = (): LocalProvider => new LocalProvider(all)
  const provider = connect()
  const stateFile = join(dataDir, 'cloud/state.json')

  const pidOf = async (id: InstanceId): Promise<number> => {
    const { instances } = stateSchema.parse(JSON.parse(await readFile(stateFile, 'utf8')))
    const pid = instances.find((each) => each.id === id)?.process?.pid
    if (pid === undefined) throw new Error(`${id} has no process`)
    return pid
  }

  return {
    dataDir,
    imageStore,
    provider,
    /** Another OpCenter process would see the cloud so. */
    connect,
    pidOf,
    request: (change: Partial<LaunchRequest> = {}): LaunchRequest => ({
      id: newInstanceId(randomInt),
      instanceType: 't3.micro',
      market: 'spot',
      maxPricePerHour: 100,
      userData: IDLE,
      owner: 'test',
      ...change,
    }),
    /** Runs a program in the instance's namespaces. */
    inside: async (id: InstanceId, ...words: string[]): Promise<string> => {
      const target = ['--target', String(await pidOf(id))]
      const { stdout } = await run('nsenter', [
        ...target,
        '--mount',
        '--net',
        '--pid',
        '--uts',
        '--',
        ...words,
      ])
      return stdout
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await stopLocalCloud(dataDir)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
