import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { places } from '../system/places.ts'

/** A hook that hangs holds the job up, and every move of it. */
const WITHIN_MS = { hostInit: 600_000, hostTerminate: 60_000 }
/** Of what it said, for the event. */
const TAIL_BYTES = 2000
const KILL_AFTER_MS = 5000
/** Between its end and that of its output. */
const LAST_LINES_MS = 1000
/** As timeout(1) has it. */
const TIMED_OUT = 124
const ENDED_BY_SIGNAL = 128

export type HostHook = {
  readonly name: keyof typeof WITHIN_MS
  readonly jobId: string
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** Where what it says is kept, if anywhere. */
  readonly log?: string
}

/**
 * Runs a script of the job's owner as root on this instance, and answers its exit code and last lines. It is ended with all
 * its processes when it takes too long.
 */
export const runHostHook = async ({
  name,
  jobId,
  script,
  env,
  log,
}: HostHook): Promise<{ readonly exitCode: number; readonly said: string }> => {
  const file = `${places.runtime}/${name}`
  const folder = `${places.runtime}/instance`
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(file, script, { mode: 0o700 })
  let said = ''
  const heard = (data: Buffer): void => {
    if (log !== undefined) appendFileSync(log, data)
    said = (said + data.toString()).slice(-TAIL_BYTES)
  }
  // In a session of its own: what it leaves behind goes with it when it takes too long.
  const child = spawn(file, [], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...env,
      HOME: '/root',
      FLOAT_JOB_ID: jobId,
      FLOAT_INSTANCE_FOLDER: folder,
    },
  })
  child.stdout.on('data', heard)
  child.stderr.on('data', heard)
  try {
    return { exitCode: await ended(child, WITHIN_MS[name]), said: said.trimEnd() }
  } finally {
    rmSync(file, { force: true })
  }
}

/** Once its last lines are heard; what does not end in time is ended with all that it began. */
const ended = async (
  child: ChildProcessByStdio<null, Readable, Readable>,
  withinMs: number,
): Promise<number> => {
  let late = false
  const timer = setTimeout(() => {
    late = true
    signalAll(child, 'SIGTERM')
    setTimeout(() => signalAll(child, 'SIGKILL'), KILL_AFTER_MS).unref()
  }, withinMs)
  try {
    const closed = once(child, 'close')
    // Nobody hears of it where the program could not be started at all; that is told by the next line.
    closed.catch(() => undefined)
    const [code] = (await once(child, 'exit')) as [number | null]
    // A daemon that it leaves may hold its output open for ever.
    await Promise.race([closed, sleep(LAST_LINES_MS, undefined, { ref: false })])
    child.stdout.destroy()
    child.stderr.destroy()
    return late ? TIMED_OUT : (code ?? ENDED_BY_SIGNAL)
  } finally {
    clearTimeout(timer)
  }
}

const signalAll = ({ pid }: { readonly pid?: number | undefined }, how: NodeJS.Signals): void => {
  try {
    process.kill(-pid!, how)
  } catch {
    // It has just ended.
  }
}
