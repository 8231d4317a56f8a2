import { readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { waitUntil } from '../wait.ts'

/** The group and all below it, the deepest first; nothing if there is none. */
export const groupsBelow = async (group: string): Promise<string[]> => {
  const children = await subgroups(group)
  if (!children) return []
  const below = await Promise.all(children.map((child) => groupsBelow(child)))
  return [...below.flat(), group]
}

export const processesBelow = async (group: string): Promise<number[]> => {
  const lists = await Promise.all(
    (await groupsBelow(group)).map((each) => readFile(join(each, 'cgroup.procs'), 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number))
}

export const childNames = async (group: string): Promise<string[]> =>
  ((await subgroups(group)) ?? []).map((path) => path.slice(group.length + 1))

/** The kernel counts the last processes of a group as gone a moment after they are. */
export const removeTree = async (group: string): Promise<void> => {
  const gone = async (): Promise<boolean> => {
    for (const each of await groupsBelow(group)) {
      try {
        await rmdir(each)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error
        if (error.code === 'EBUSY') return false
        if (error.code !== 'ENOENT') throw error
      }
    }
    return true
  }
  await waitUntil(gone, 10_000, `control group ${group} is empty`)
}

/** Kills what is in a group until nothing is: what forks in between is met in the next round. */
export const killAll = (list: () => Promise<number[]>, before: () => Promise<void>): Promise<void> =>
  waitUntil(
    async () => {
      const processes = await list()
      if (processes.length === 0) return true
      await before()
      for (const pid of processes) kill(pid)
      return false
    },
    30_000,
    'no process of the instance is left',
  )

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Nothing when there is no such group; any other failure is told, or a group that cannot be read would count as gone. */
const subgroups = async (group: string): Promise<string[] | undefined> => {
  try {
    const entries = await readdir(group, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name))
  } catch (error) {
    // The second comes from a group that goes while it is read.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENODEV'))
      return undefined
    throw error
  }
}
