import { Worker } from 'node:worker_threads'
import { memoryFile, swapInUse } from './cgroup.ts'

/** On a thread of its own, since the worker's own loop may be late by more than this; ten times as much is too much. */
const READ_EVERY_10_MS = `
const { readFileSync } = require('node:fs')
const { workerData } = require('node:worker_threads')
const pause = new Int32Array(new SharedArrayBuffer(4))
for (;;) {
  try {
    readFileSync(workerData)
  } catch {
    // The group is gone with the program; whoever started this ends it.
  }
  Atomics.wait(pause, 0, 0, 10)
}`

/**
 * Saving a program that lies in swap brings every page of it back into memory, and the kernel has to put others out for it.
 * Which of its lists to take them from it judges by statistics that it brings up to date now and then, or when they are
 * read; meanwhile pages change lists by the hundred megabyte, and it finds nothing to take in a group full of them. The dump
 * fails then, and most often the program with it (kernel 6.18, cgroup v1, 2.4 GiB on an instance of 1 GiB: 7 of 7 times;
 * with this none of 5). A job that is not in swap needs no room. Returns how to stop.
 */
export const keepStatisticsFresh = (): (() => Promise<unknown>) => {
  if (swapInUse() === 0) return () => Promise.resolve()
  const reader = new Worker(READ_EVERY_10_MS, { eval: true, workerData: memoryFile('memory.stat') })
  // A dump without it may still succeed.
  reader.on('error', () => undefined)
  return () => reader.terminate()
}
