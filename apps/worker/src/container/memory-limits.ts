import { countsSwap, instanceMemory, type MemoryLimits } from './cgroup.ts'

const MIB = 1024 * 1024
/** Beside the worker's own use: shim (45 MB), runc and CRIU (20 MB) and the kernel's share of their work. */
const RESERVE = 96 * MIB
/** The smallest instance must still leave the job a useful part. */
const LARGEST_SHARE = 0.25

/** The job's limits on this instance: its memory minus what saving the job takes, plus all swap. */
export const jobMemoryLimits = (): MemoryLimits => {
  const { memory, swap } = instanceMemory()
  const reserve = Math.min(process.memoryUsage.rss() + RESERVE, memory * LARGEST_SHARE)
  const limit = Math.floor((memory - reserve) / 4096) * 4096
  return { memory: limit, memoryAndSwap: countsSwap() ? limit + swap : undefined }
}
