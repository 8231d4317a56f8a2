import { copyFileSync, existsSync, statSync, truncateSync } from 'node:fs'

/** The worker's own words, written by its supervisor; what a job prints is elsewhere and never cut. */
export const OWN_LOG = '/var/log/mmworker.log'
const MOST_BYTES = 8 * 1024 * 1024

/**
 * Keeps the worker's log below about 16 MiB: a full one becomes `.1`, in place of the one before. The file itself is
 * emptied and stays, as the supervisor appends to it.
 */
export const boundLog = (path = OWN_LOG, mostBytes = MOST_BYTES): void => {
  if (!existsSync(path) || statSync(path).size <= mostBytes) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}
