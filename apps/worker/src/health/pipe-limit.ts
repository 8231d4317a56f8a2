import { readFileSync, writeFileSync } from 'node:fs'
import type { HealthRow } from '@mmcloud/domain'

const LIMIT = '/proc/sys/fs/pipe-max-size'
const MIB = 1024 ** 2
/** The kernel's default of 1 MiB is too little for some dumps where CRIU has no CAP_SYS_RESOURCE. */
const WANTED_BYTES = 256 * MIB

/** CRIU hands memory over in pipes. The kernel's limit of their size needs only root to be raised, no capability. */
export const raisePipeLimit = (path = LIMIT): void => {
  if (pipeLimit(path) >= WANTED_BYTES) return
  try {
    writeFileSync(path, String(WANTED_BYTES))
  } catch {
    // Not allowed here: the health row says what it means.
  }
}

/** What the limit means for saving a program, and the command that mends it. */
export const pipeRow = (path = LIMIT): HealthRow => {
  const bytes = pipeLimit(path)
  if (bytes >= WANTED_BYTES) return { name: 'pipes', status: 'ok', found: `${bytes / MIB} MiB`, fix: '' }
  const fix = `sysctl -w fs.pipe-max-size=${WANTED_BYTES}`
  const kib = `${Math.floor(bytes / 1024)} KiB`
  return { name: 'pipes', status: 'warning', found: `${kib}: CRIU may fail to save much memory`, fix }
}

const pipeLimit = (path: string): number => {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
