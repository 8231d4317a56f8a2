import { existsSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'

/** What a run must not leave on a machine, one line each: `netns mmc-12345678`, `loop /dev/loop3 on …`. */
export type MachineSnapshot = ReadonlySet<string>

export const snapshotMachine = async (): Promise<MachineSnapshot> => {
  const lists = await Promise.all([
    namesIn('/run/netns', 'netns'),
    namesIn('/sys/class/net', 'link'),
    loops(),
    mounts(),
    cgroups('/sys/fs/cgroup'),
    swaps(),
    sysctl('net/ipv4/ip_forward'),
    sysctl('fs/pipe-max-size'),
    processes(),
  ])
  return new Set(lists.flat())
}

/**
 * What is there now and was not before. `mine` narrows it where others work on the same machine: whatever a local
 * cloud makes carries the cloud's name (`mmc-…`) or lies below its data directory.
 */
export const leaksSince = async (
  before: MachineSnapshot,
  mine: (line: string) => boolean = () => true,
): Promise<string[]> => {
  const now = await snapshotMachine()
  return [...now].filter((line) => !before.has(line) && mine(line)).toSorted()
}

const namesIn = async (directory: string, kind: string): Promise<string[]> =>
  (await readdir(directory).catch(() => [])).map((name) => `${kind} ${name}`)

const loops = async (): Promise<string[]> => {
  const names = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'))
  const lines = names.map(async (name) => {
    const file = await textOf(`/sys/block/${name}/loop/backing_file`)
    return file === '' ? [] : [`loop /dev/${name} on ${file}`]
  })
  return (await Promise.all(lines)).flat()
}

/** `/run/netns` itself stays a mount of its own once ip(8) has made a first namespace. */
const mounts = async (): Promise<string[]> =>
  (await textOf('/proc/self/mounts'))
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([source, target]) =>
      target === undefined || target === '/run/netns' ? [] : [`mount ${source} at ${target}`],
    )

const cgroups = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const path = `${directory}/${name}`
      // Where each controller has a tree of its own, the tree's root is no group.
      const own = existsSync(`${path}/cgroup.procs`) ? [`cgroup ${path}`] : []
      return [...own, ...(await cgroups(path))]
    })
  return (await Promise.all(below)).flat()
}

const swaps = async (): Promise<string[]> =>
  (await textOf('/proc/swaps'))
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map((line) => `swap ${line.split(/\s/)[0]}`)

const sysctl = async (path: string): Promise<string[]> => [
  `sysctl ${path} = ${await textOf(`/proc/sys/${path}`)}`,
]

/** Zombies are left out: whoever started them reaps them in its own time. */
const processes = async (): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = pids.map(async (pid) => {
    const [stat, words, groups] = await Promise.all(
      ['stat', 'cmdline', 'cgroup'].map((file) => textOf(`/proc/${pid}/${file}`)),
    )
    const executable = await readlink(`/proc/${pid}/exe`).catch(() => undefined)
    // Kernel threads have no executable; the gone and the zombies have no state worth a line.
    if (executable === undefined || !stat || / Z /.test(stat.slice(stat.lastIndexOf(')')))) return []
    const deepest = groups?.split('\n').toSorted((a, b) => b.length - a.length)[0] ?? ''
    return [`process ${pid} ${words?.replaceAll('\0', ' ').trim()} in ${deepest}`]
  })
  return (await Promise.all(lines)).flat()
}

const textOf = async (path: string): Promise<string> => (await readFile(path, 'utf8').catch(() => '')).trim()
