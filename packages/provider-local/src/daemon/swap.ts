import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HealthRow } from '@mmcloud/domain'
import { command } from './command.ts'

export type Swap = { readonly bytes: number; readonly row: HealthRow }

/** Gives the machine a swap file for as long as the cloud runs, so that instances can go on past their memory. */
export const useSwap = async (cloudDir: string, sizeGB: number): Promise<Swap> => {
  const file = join(cloudDir, 'swap')
  const bytes = Math.round(sizeGB * 2 ** 30)
  try {
    if (await inUse(file)) return ok((await stat(file)).size)
    await rm(file, { force: true })
    if (bytes === 0) return none('switched off in the configuration', 'set swapGB above 0')
    // On btrfs a swap file must not be copied on write; elsewhere chattr refuses, which is fine.
    await command('install', ['-m', '600', '/dev/null', file])
    await command('chattr', ['+C', file]).catch(() => {})
    await command('fallocate', ['--length', String(bytes), file])
    await command('mkswap', ['--quiet', file])
    await command('swapon', [file])
    return ok(bytes)
  } catch (error) {
    await rm(file, { force: true })
    const found = error instanceof Error ? error.message : String(error)
    return none(
      found,
      'put the data directory on ext4 or xfs with enough room, and let this process use swapon',
    )
  }
}

/**
 * The kernel ends `swapoff` before anything else while memory is short, and other clouds of this machine may have pages in
 * this file; what it brought back stays back, so that trying again gets further.
 */
const SWAPOFF_TRIES = 10
const SWAPOFF_PAUSE_MS = 1000

export const endSwap = async (cloudDir: string): Promise<void> => {
  const file = join(cloudDir, 'swap')
  for (let left = SWAPOFF_TRIES; await inUse(file); left -= 1) {
    try {
      await command('swapoff', [file])
    } catch (error) {
      if (left <= 1) throw error
      await sleep(SWAPOFF_PAUSE_MS)
    }
  }
  await rm(file, { force: true })
}

const inUse = async (file: string): Promise<boolean> =>
  (await readFile('/proc/swaps', 'utf8')).split('\n').some((line) => line.startsWith(`${file} `))

const ok = (bytes: number): Swap => ({
  bytes,
  row: {
    name: 'swap',
    status: 'ok',
    found: `${(bytes / 2 ** 30).toFixed(1)} GB in a file of the cloud`,
    fix: '',
  },
})
const none = (found: string, fix: string): Swap => ({
  bytes: 0,
  row: { name: 'swap', status: 'warning', found: `none, jobs die when memory is full: ${found}`, fix },
})
