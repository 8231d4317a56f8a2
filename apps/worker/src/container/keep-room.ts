import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  cgroupVersion,
  type MemoryLimits,
  memoryFile,
  ROOM,
  swapInUse,
  usedMemory,
  wakeFromOom,
} from './cgroup.ts'

const LOOK_MS = 10
/** Longer than any reclaim of `2 * ROOM` took; what is not free by then is tried again. */
const RECLAIM_MS = 1000

/**
 * Saving a program that lies in swap brings every page of it back into memory, and the kernel, asked for room by that very
 * program, soon finds none and kills it (seen from 0.7 GiB in swap on, with every page reclaimable). So room is made from
 * outside, in time: whenever less than `ROOM` is left below the limit, twice as much goes out. A job that is not in swap is
 * left alone: of what fills its memory, the page cache, the kernel takes what it needs. Returns how to stop.
 */
export const keepRoom = (limits: MemoryLimits): (() => Promise<void>) => {
  if (swapInUse() === 0) return () => Promise.resolve()
  let over = false
  const room = (): number => limits.memory + ROOM - usedMemory()
  const keep = async (): Promise<void> => {
    while (!over) {
      wakeFromOom()
      if (room() < ROOM) await reclaim(() => over || room() >= 2 * ROOM)
      await sleep(LOOK_MS)
    }
  }
  const keeping = keep()
  return async () => {
    over = true
    await keeping
  }
}

const reclaim = (enough: () => boolean): Promise<void> =>
  cgroupVersion() === 2 ? reclaimSome() : emptyUntil(enough)

/** A file that takes the number of bytes; less than that is an error, and better than nothing. */
const reclaimSome = (): Promise<void> =>
  writeFile(memoryFile('memory.reclaim'), String(2 * ROOM)).catch(() => undefined)

/** Version 1 knows only all or nothing; who writes there stops in between when it is killed. */
const emptyUntil = async (enough: () => boolean): Promise<void> => {
  const child = spawn('/bin/sh', ['-c', 'echo 0 > "$1"', 'reclaim', memoryFile('memory.force_empty')], {
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const until = performance.now() + RECLAIM_MS
  while (child.exitCode === null && !enough() && performance.now() < until)
    await Promise.race([ended, sleep(LOOK_MS / 2)])
  child.kill('SIGKILL')
  await ended
}
