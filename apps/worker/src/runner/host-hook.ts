import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { places } from '../system/places.ts'

/** A hook that hangs holds the job up, and every move of it. */
const WITHIN_MS = { hostInit: 600_000, hostTerminate: 60_000 }
/** Of what it said, for the event. */
const TAIL_BYTES = 2000
const KILL_AFTER_MS = 5000

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
 * its processes when it takes too long (exit code 124, as timeout(1) has it).
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
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
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
      const signal = (how: NodeJS.Signals): void => {
        try {
          process.kill(-child.pid!, how)
        } catch {
          // It has just ended.
        }
      }
      let late = false
      const timer = setTimeout(() => {
        late = true
        signal('SIGTERM')
        setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS).unref()
      }, WITHIN_MS[name])
      child.stdout.on('data', heard)
      child.stderr.on('data', heard)
      child.on('error', reject)
      child.on('exit', (code) => {
        clearTimeout(timer)
        // A daemon that it leaves may hold its output open.
        child.stdout.destroy()
        child.stderr.destroy()
        resolve(late ? 124 : (code ?? 128))
      })
    })
    return { exitCode, said: said.trimEnd() }
  } finally {
    rmSync(file, { force: true })
  }
}
