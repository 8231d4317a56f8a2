import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { waitFor } from './wait-for.ts'

/**
 * Begins a Python program that lives until its test has seen enough, by `while not told`: how long a move takes on a loaded
 * machine is known to nobody beforehand. `Product.tellToEnd` tells it.
 */
export const UNTIL_TOLD = `#!/usr/bin/env python3
import os, signal, time
told = []
signal.signal(signal.SIGUSR1, lambda *_: told.append(True))
`

/** Counts in memory alone, ten a second, until it is told to end. */
export const COUNTER = `${UNTIL_TOLD}
step = 0
while not told:
    step += 1
    print(f"step {step}", flush=True)
    time.sleep(0.1)
`

/** How far the counter came; throws unless it never noticed anything: no step is missing, none twice, no line is torn. */
export const everyStepOnce = (log: string): number => {
  const steps = log.split('\n').length - 1
  assert.equal(log, Array.from({ length: steps }, (_, index) => `step ${index + 1}\n`).join(''))
  return steps
}

/** Sends SIGUSR1 to the Python program of a job as soon as it listens for that. */
export const tellToEnd = async (job: string): Promise<void> => {
  const pid = await waitFor(`the program of job ${job} to listen for SIGUSR1`, 120_000, async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const listening = await Promise.all(pids.map((each) => listensAs(each, job)))
    const at = listening.indexOf(true)
    return at < 0 ? { notYet: 'none does' } : { done: Number(pids[at]) }
  })
  process.kill(pid, 'SIGUSR1')
}

const SIGUSR1 = 1n << 9n

const listensAs = async (pid: string, job: string): Promise<boolean> => {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const [environment, command, status] = await Promise.all(['environ', 'cmdline', 'status'].map(read))
  if (!environment?.split('\0').includes(`FLOAT_JOB_ID=${job}`) || !command?.startsWith('python3\0'))
    return false
  const caught = BigInt(`0x${/^SigCgt:\s*(\S+)$/m.exec(status ?? '')?.[1] ?? '0'}`)
  return (caught & SIGUSR1) !== 0n
}
