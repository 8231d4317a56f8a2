import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cgroups } from './cgroups.ts'
import { childNames, killAll, processesBelow, removeTree } from './group-tree.ts'

const ROOT = '/sys/fs/cgroup'
const PERIOD_US = 100_000

/** One tree; a group with processes cannot hand controllers to children, so the instance's system has a leaf. */
export const cgroupsV2 = (cloud: string): Cgroups => {
  const groupOf = (id: string): string => join(ROOT, cloud, id)
  const processes = (id: string): Promise<number[]> => processesBelow(groupOf(id))

  return {
    version: 2,
    processes,

    async create(id, { cpu, memoryBytes, swapBytes }) {
      const group = groupOf(id)
      await mkdir(join(ROOT, cloud), { recursive: true })
      await handDown(ROOT)
      await handDown(join(ROOT, cloud))
      await mkdir(join(group, 'system'), { recursive: true })
      await writeFile(join(group, 'cpu.max'), `${Math.round(cpu * PERIOD_US)} ${PERIOD_US}`)
      await writeFile(join(group, 'memory.max'), String(memoryBytes))
      // Absent where the kernel does not account swap: then memory alone is limited.
      await writeFile(join(group, 'memory.swap.max'), String(swapBytes)).catch(() => {})
      return { join: [group], leaf: join(group, 'system') }
    },

    kill: (id) =>
      killAll(
        () => processes(id),
        // Takes frozen processes too, and those that fork; the loop around it is for kernels before 5.14.
        () => writeFile(join(groupOf(id), 'cgroup.kill'), '1').catch(() => {}),
      ),

    remove: (id) => removeTree(groupOf(id)),
    list: () => childNames(join(ROOT, cloud)),
    close: () => removeTree(join(ROOT, cloud)),
  }
}

/** Controllers one by one: one that cannot be handed down must not keep the others. */
const handDown = async (group: string): Promise<void> => {
  const controllers = (await readFile(join(group, 'cgroup.controllers'), 'utf8')).trim().split(' ')
  for (const controller of controllers)
    await writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`).catch(() => {})
}
