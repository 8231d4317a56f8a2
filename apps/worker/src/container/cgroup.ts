import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { CONTAINER_ID } from '../system/places.ts'

const ROOT = '/sys/fs/cgroup'
/** Asked many times a second, and the same for as long as the instance is up. */
let version2: boolean | undefined
const isV2 = (): boolean => (version2 ??= existsSync(`${ROOT}/cgroup.controllers`))

/** Path of the job's group inside the instance's own control groups. */
export const JOB_CGROUP = `/${CONTAINER_ID}`

/** The instance's own group of a controller; version 1 may mount several at one place, `cpu,cpuacct`. */
const instanceGroup = (controller: string): string => {
  if (isV2()) return ROOT
  return `${ROOT}/${readdirSync(ROOT).find((name) => name.split(',').includes(controller)) ?? controller}`
}

/** Where a controller counts what the job uses. */
export const jobGroupOf = (controller: string): string => `${instanceGroup(controller)}${JOB_CGROUP}`

/** Where the kernel tells how long the job waits; on version 1 only beside it, in the empty tree of version 2. */
export const jobPressureGroup = (): string => `${ROOT}${isV2() ? '' : '/unified'}${JOB_CGROUP}`

/** Where its processes, memory and swap are counted. */
const jobGroup = (): string => (isV2() ? `${ROOT}${JOB_CGROUP}` : `${ROOT}/memory${JOB_CGROUP}`)

/** On version 2 a group with members cannot hand controllers down: everything of ours goes into a leaf of its own. */
export const prepareCgroups = (): void => {
  if (!isV2()) return
  mkdirSync(`${ROOT}/worker`, { recursive: true })
  for (const pid of readFileSync(`${ROOT}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
    try {
      writeFileSync(`${ROOT}/worker/cgroup.procs`, pid)
    } catch {
      // It ended meanwhile, or is a kernel thread.
    }
  }
}

export const cgroupVersion = (): 1 | 2 => (isV2() ? 2 : 1)

/** What this instance has, in bytes: its own limit or the machine's memory. */
export const instanceMemory = (): { memory: number; swap: number } => {
  const info = readFileSync('/proc/meminfo', 'utf8')
  const machine = meminfo(info, 'MemTotal')
  if (isV2()) {
    const memory = Math.min(machine, limitIn(`${ROOT}/memory.max`))
    return { memory, swap: Math.min(meminfo(info, 'SwapTotal'), limitIn(`${ROOT}/memory.swap.max`)) }
  }
  const memory = Math.min(machine, limitIn(`${ROOT}/memory/memory.limit_in_bytes`))
  const both = limitIn(`${ROOT}/memory/memory.memsw.limit_in_bytes`)
  return { memory, swap: Math.min(meminfo(info, 'SwapTotal'), Math.max(0, both - memory)) }
}

/** The cores that this instance has: its own limit or the machine's, in parts where it has parts. */
export const instanceCores = (): number => {
  const group = instanceGroup('cpu')
  const [quota, period] = isV2()
    ? textOf(`${group}/cpu.max`).split(' ')
    : [textOf(`${group}/cpu.cfs_quota_us`), textOf(`${group}/cpu.cfs_period_us`)]
  const limit = Number(quota) / Number(period)
  // `max`, -1 and a group without the file are no limit.
  return limit > 0 ? Math.min(limit, availableParallelism()) : availableParallelism()
}

/** What is left of the machine's swap, which its instances share. */
export const freeSwap = (): number => meminfo(readFileSync('/proc/meminfo', 'utf8'), 'SwapFree')

/** What of the job CRIU would write now: its anonymous and shared memory, swapped out or not. 0 while there is no job. */
export const jobMemoryInUse = (): number => {
  const stat = memoryStat()
  return isV2()
    ? stat('anon') + stat('shmem') + swapInUse()
    : stat('total_rss') + stat('total_shmem') + swapInUse()
}

/** Bytes of the job that lie in swap and nowhere else; 0 while there is no job. Version 2 also counts what is in both. */
export const swapInUse = (): number => {
  const stat = memoryStat()
  if (!isV2()) return stat('total_swap')
  return Math.max(0, Number(textOf(memoryFile('memory.swap.current'))) - stat('swapcached'))
}

const memoryStat = (): ((name: string) => number) => {
  const text = textOf(memoryFile('memory.stat'))
  return (name) => Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

/** The processes of the job, those in groups that it made for itself included. */
export const jobProcesses = (): number[] =>
  groupsFrom(jobGroup())
    .flatMap((group) => textOf(`${group}/cgroup.procs`).split('\n'))
    .filter(Boolean)
    .map(Number)

/** A group and all below it; nothing when it is not there any more. */
const groupsFrom = (group: string): string[] => {
  try {
    const inside = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [group, ...inside.flatMap(({ name }) => groupsFrom(`${group}/${name}`))]
  } catch {
    return []
  }
}

/** How many processes of the job the kernel has killed for want of memory; 0 while there is no job. */
export const oomKills = (): number => {
  const file = `${jobGroup()}/${isV2() ? 'memory.events' : 'memory.oom_control'}`
  return Number(/^oom_kill (\d+)/m.exec(textOf(file))?.[1] ?? 0)
}

/** A control group that runc has removed, before or while it is read, has no text. */
export const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * While a job is saved its swap has no limit, and where the kernel lets us a dump that finds no room fails instead of having
 * the program killed. Its limit in memory stays: above that the instance itself is full, with who saves the job in it.
 */
export const easeMemoryLimits = ({ memory }: MemoryLimits): void => {
  setOomKill(false)
  setLimits({ memory })
}
export const restoreMemoryLimits = (limits: MemoryLimits): void => {
  setLimits(limits)
  setOomKill(true)
}

const setOomKill = (on: boolean): void => {
  if (isV2()) return
  try {
    writeFileSync(memoryFile('memory.oom_control'), on ? '0' : '1')
  } catch {
    // The group is gone with the program.
  }
}

/** A file of the job's group that counts memory. */
export const memoryFile = (name: string): string => `${jobGroup()}/${name}`

/** `memoryAndSwap` is absent where the kernel does not count swap. */
export type MemoryLimits = { readonly memory: number; readonly memoryAndSwap?: number | undefined }

/** Whether the kernel can limit memory and swap together. */
export const countsSwap = (): boolean => isV2() || existsSync(`${ROOT}/memory/memory.memsw.limit_in_bytes`)

/** Without `memoryAndSwap` swap has no limit of the job's own. */
const setLimits = ({ memory, memoryAndSwap: both }: MemoryLimits): void => {
  const group = jobGroup()
  const files: [string, string][] = isV2()
    ? [
        ['memory.max', String(memory)],
        ['memory.swap.max', both ? String(both - memory) : 'max'],
      ]
    : [
        ['memory.limit_in_bytes', String(memory)],
        ['memory.memsw.limit_in_bytes', both ? String(both) : '-1'],
      ]
  // Version 1 keeps memory <= memory+swap at every instant: raise the sum first, lower it last.
  for (const [file, value] of both ? files : files.toReversed()) {
    try {
      writeFileSync(`${group}/${file}`, value)
    } catch {
      // Swap accounting is absent, or use is above the old limit: the higher limit stays, the job is unharmed.
    }
  }
}

const meminfo = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) * 1024

const limitIn = (file: string): number => {
  try {
    const text = readFileSync(file, 'utf8').trim()
    return text === 'max' ? Number.MAX_SAFE_INTEGER : Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  } catch {
    return Number.MAX_SAFE_INTEGER
  }
}
