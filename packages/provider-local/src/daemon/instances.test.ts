import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InstanceId } from '@mmcloud/domain'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { localCloudConfigSchema } from '../config.ts'
import type { Cgroups } from './cgroup/cgroups.ts'
import type { CloudContext } from './cloud-context.ts'
import { openState } from './cloud-state.ts'
import { makeInstances } from './instances.ts'
import { keyedLock } from './keyed-lock.ts'

let cloudDir: string
beforeEach(async () => {
  cloudDir = await mkdtemp(join(tmpdir(), 'mmcloud-instances-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(cloudDir, { recursive: true })
})

test('a launch that fails takes down what was still being made when it failed', async () => {
  // Both programs of the system that a launch needs until there: the second fails at once.
  for (const [name, body] of [
    ['cp', 'exit 0'],
    ['losetup', 'exit 1'],
  ] as const) {
    await writeFile(join(cloudDir, name), `#!/bin/sh\n${body}\n`)
    await chmod(join(cloudDir, name), 0o755)
  }
  vi.stubEnv('PATH', `${cloudDir}:${process.env['PATH']}`)
  await writeFile(join(cloudDir, 'disk-30GB.ext4'), '')

  const groups = new Set<string>()
  let made: () => void = () => undefined
  let tookDown = false
  const cgroups: Cgroups = {
    version: 1,
    create: (id) =>
      new Promise((resolve) => {
        made = () => {
          groups.add(id)
          resolve({ join: [] })
        }
      }),
    kill: async () => undefined,
    processes: async () => [],
    remove: async (id) => {
      tookDown = true
      groups.delete(id)
    },
    list: async () => [...groups],
    close: async () => undefined,
  }
  const network = {
    freeAddress: () => '10.213.9.10',
    unplug: async () => undefined,
    filter: async () => undefined,
  }
  const cloud = {
    cloudDir,
    config: localCloudConfigSchema.parse({ dataDir: '/d', systemImage: '/s', imageStore: '/i' }),
    log: pino({ level: 'silent' }),
    machine: { cpus: 8, memGB: 64, cpuFeatures: [] },
    state: await openState(cloudDir),
    network: network as unknown as CloudContext['network'],
    cgroups,
    swap: { bytes: 0 } as CloudContext['swap'],
    lock: keyedLock(),
    name: 'mmc-test',
  } satisfies CloudContext
  const instances = makeInstances(
    cloud,
    async () => undefined,
    () => undefined,
  )
  const launch = instances.launch({
    id: 'i-1' as InstanceId,
    instanceType: 't3.micro',
    market: 'spot',
    maxPricePerHour: 100,
    userData: '',
    owner: 'test',
  })
  const failed = expect(launch).rejects.toThrow('losetup')
  // It must wait for the groups; who does not has taken everything down by then.
  await vi.waitFor(() => expect(tookDown).toBe(true), { timeout: 300 }).catch(() => undefined)
  made()
  await failed
  expect([...groups]).toEqual([])
})
