import { readFileSync, writeFileSync } from 'node:fs'
import type { HealthRow } from '@mmcloud/domain'

const LIMIT = '/proc/sys/fs/pipe-max-size'
const MIB = 1024 ** 2
/**
 * CRIU saves memory in portions of eight pipes, each as large as it may be, and what lies in a pipe is pinned: eight times
 * this must fit beside a job that is in swap, or the kernel kills it during the checkpoint that should save it (seen with
 * pipes of 256 MiB on an instance of 1 GiB). The default of 1 MiB is too little for some dumps.
 */
const WANTED_BYTES = 4 * MIB

/** The kernel's limit of a pipe's size needs only root to be set, no capability. */
export const setPipeLimit = (path = LIMIT): void => {
  if (pipeLimit(path) === WANTED_BYTES) return
  try {
    writeFileSync(path, String(WANTED_BYTES))
  } catch {
    // Not allowed here: the health row says what it means.
  }
}

/** What the limit means for saving a program, and the command that mends it. */
export const pipeRow = (path = LIMIT): HealthRow => {
  const bytes = pipeLimit(path)
  if (bytes === WANTED_BYTES) return { name: 'pipes', status: 'ok', found: `${bytes / MIB} MiB`, fix: '' }
  const fix = `sysctl -w fs.pipe-max-size=${WANTED_BYTES}`
  const kib = `${Math.floor(bytes / 1024)} KiB`
  const meaning =
    bytes < WANTED_BYTES
      ? 'CRIU may fail to save much memory'
      : 'a job in swap may be killed while it is saved'
  return { name: 'pipes', status: 'warning', found: `${kib}: ${meaning}`, fix }
}

const pipeLimit = (path: string): number => {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
