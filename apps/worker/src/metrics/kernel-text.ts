import type { GroupUsage } from './usage.ts'

const SECTOR_BYTES = 512

/** Version 1: `cpuacct.usage` and `memory.stat`, whose `total_` lines count the groups below too. */
export const groupUsageV1 = (cpuacctUsage: string, memoryStat: string): GroupUsage => {
  const stat = keyed(memoryStat)
  const shared = stat('total_shmem')
  return {
    cpuUs: Number(cpuacctUsage) / 1000,
    memBytes: stat('total_rss') + shared,
    cacheBytes: Math.max(0, stat('total_cache') - shared),
    swapBytes: stat('total_swap'),
  }
}

/** Version 2: `cpu.stat`, `memory.stat` and `memory.swap.current`, which is absent where swap is not counted. */
export const groupUsageV2 = (
  cpuStat: string,
  memoryStat: string,
  swapCurrent: string,
  pageBytes: number,
): GroupUsage => {
  const stat = keyed(memoryStat)
  const shared = stat('shmem')
  // Newer kernels count it for each group.
  const swapped = /^pswpout /m.test(memoryStat)
    ? { swapped: { inBytes: stat('pswpin') * pageBytes, outBytes: stat('pswpout') * pageBytes } }
    : {}
  return {
    cpuUs: keyed(cpuStat)('usage_usec'),
    memBytes: stat('anon') + shared,
    cacheBytes: Math.max(0, stat('file') - shared),
    // A page that was brought back into memory keeps its place in swap, and is counted in both.
    swapBytes: Math.max(0, Number(swapCurrent) - stat('swapcached')),
    ...swapped,
  }
}

/** The time in which some process waited (µs), of a `*.pressure` file; nothing of one that is absent. */
export const stallUs = (pressure: string): number | undefined => {
  const total = /^some .*\btotal=(\d+)/m.exec(pressure)?.[1]
  return total === undefined ? undefined : Number(total)
}

/** What an interface has received and sent, of `/proc/net/dev`. */
export const interfaceBytes = (netDev: string, name: string): { received: number; sent: number } => {
  const line = netDev.split('\n').find((each) => each.trimStart().startsWith(`${name}:`))
  // Eight fields of what was received, then those of what was sent; each begins with the bytes.
  const fields = line?.slice(line.indexOf(':') + 1).match(/\d+/g) ?? []
  return { received: Number(fields[0] ?? 0), sent: Number(fields[8] ?? 0) }
}

/** What a disk has read and written, of its `stat` in sysfs. */
export const diskBytes = (stat: string): { read: number; written: number } => {
  const fields = stat.match(/\d+/g) ?? []
  return {
    read: Number(fields[2] ?? 0) * SECTOR_BYTES,
    written: Number(fields[6] ?? 0) * SECTOR_BYTES,
  }
}

/** Lines of a name and a number; a name that is absent counts 0. */
const keyed =
  (text: string) =>
  (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
