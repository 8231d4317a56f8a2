import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Cgroups, Limits } from './cgroups.ts'
import { childNames, groupsBelow, killAll, processesBelow, removeTree } from './group-tree.ts'

const PERIOD_US = 100_000

/** One tree per controller; an instance has a group in each, the empty v2 tree of hybrid machines included. */
export const cgroupsV1 = (cloud: string): Cgroups => {
  const hierarchies = mountedHierarchies()
  const memory = hierarchyOf('memory')
  const freezer = hierarchyOf('freezer')

  function hierarchyOf(controller: string): string {
    const found = hierarchies.find(({ options }) => options.includes(controller))
    if (!found) throw new Error(`the cgroup controller ${controller} is not mounted below /sys/fs/cgroup`)
    return found.path
  }

  const thaw = async (id: string): Promise<void> => {
    // A process in a frozen group takes no signal, SIGKILL included, before it is thawed.
    for (const group of await groupsBelow(join(freezer, cloud, id)))
      await writeFile(join(group, 'freezer.state'), 'THAWED').catch(() => {})
  }
  const processes = (id: string): Promise<number[]> => processesBelow(join(memory, cloud, id))

  return {
    version: 1,
    processes,

    async create(id, limits) {
      for (const { path, options } of hierarchies) {
        const group = join(path, cloud, id)
        await mkdir(group, { recursive: true })
        if (options.includes('cpuset')) for (const each of [dirname(group), group]) await inheritCpuset(each)
        if (options.includes('cpu')) await limitCpu(group, limits)
        if (options.includes('memory')) await limitMemory(group, limits)
      }
      return { join: hierarchies.map(({ path }) => join(path, cloud, id)) }
    },

    kill: (id) =>
      killAll(
        () => processes(id),
        () => thaw(id),
      ),

    async remove(id) {
      for (const { path } of hierarchies) await removeTree(join(path, cloud, id))
    },

    async list() {
      const names = await Promise.all(hierarchies.map(({ path }) => childNames(join(path, cloud))))
      return [...new Set(names.flat())]
    },

    async close() {
      for (const { path } of hierarchies) await removeTree(join(path, cloud))
    },
  }
}

const mountedHierarchies = (): { path: string; options: string[] }[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([, path, type, options]) =>
      path?.startsWith('/sys/fs/cgroup/') && (type === 'cgroup' || type === 'cgroup2')
        ? [{ path, options: options?.split(',') ?? [] }]
        : [],
    )

/** A new cpuset is empty and takes no process before it has processors and memory nodes. */
const inheritCpuset = async (group: string): Promise<void> => {
  for (const file of ['cpuset.cpus', 'cpuset.mems'])
    await writeFile(join(group, file), await readFile(join(dirname(group), file), 'utf8'))
}

const limitCpu = async (group: string, { cpu }: Limits): Promise<void> => {
  await writeFile(join(group, 'cpu.cfs_period_us'), String(PERIOD_US))
  await writeFile(join(group, 'cpu.cfs_quota_us'), String(Math.round(cpu * PERIOD_US)))
}

const limitMemory = async (group: string, { memoryBytes, swapBytes }: Limits): Promise<void> => {
  await writeFile(join(group, 'memory.limit_in_bytes'), String(memoryBytes))
  // Absent where the kernel does not account swap: then memory alone is limited.
  await writeFile(join(group, 'memory.memsw.limit_in_bytes'), String(memoryBytes + swapBytes)).catch(() => {})
}
