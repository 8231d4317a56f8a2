import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { cloudDirOf, type LocalCloudConfig } from './config.ts'
import { ask, DaemonAwayError } from './control/client.ts'
import { command } from './daemon/command.ts'
import { cloudName } from './daemon/names.ts'

const MAIN = fileURLToPath(new URL('daemon/main.ts', import.meta.url))
/** Making a swap file and ending what a crash has left are part of the start. */
const START_LIMIT_MS = 60_000
/** What flock(1) exits with when somebody else holds the lock: the daemon is being started already. */
const LOCKED = 75

/** Starts the daemon of the cloud, in a session and a network namespace of its own, and returns when it answers. */
export const startDaemon = async (config: LocalCloudConfig, signal: AbortSignal): Promise<void> => {
  const cloudDir = cloudDirOf(config.dataDir)
  await mkdir(cloudDir, { recursive: true, mode: 0o700 })
  await writeFile(join(cloudDir, 'config.json'), JSON.stringify(config), { mode: 0o600 })
  const netns = await makeNetns(cloudName(cloudDir))

  const log = openSync(join(cloudDir, 'daemon.log'), 'a', 0o600)
  const hostNetns = openSync('/proc/self/ns/net', 'r')
  const lock = ['flock', '--nonblock', '--no-fork', '-E', String(LOCKED), join(cloudDir, 'daemon.lock')]
  const child = spawn('nsenter', [`--net=${netns}`, '--', ...lock, process.execPath, MAIN, cloudDir], {
    detached: true,
    stdio: ['ignore', log, log, hostNetns],
    cwd: '/',
  })
  closeSync(log)
  closeSync(hostNetns)
  child.unref()
  let failed: string | undefined
  child.once('error', (error) => (failed = error.message))
  child.once('exit', (code) => (failed = code === LOCKED ? undefined : `it exited with ${code}`))

  const end = Date.now() + START_LIMIT_MS
  while (!(await answers(cloudDir, signal))) {
    if (Date.now() > end) failed = `it did not answer within ${START_LIMIT_MS / 1000} s`
    if (failed !== undefined)
      throw new Error(
        `the local cloud did not start, ${failed}: ${await lastLines(join(cloudDir, 'daemon.log'))}`,
      )
    await sleep(10, undefined, { signal })
  }
}

/** The cloud's network namespace; one that a crash has left without content is made again. */
const makeNetns = async (name: string): Promise<string> => {
  const path = `/run/netns/${name}`
  const usable = (): Promise<boolean> =>
    command('nsenter', [`--net=${path}`, '--', 'true']).then(
      () => true,
      () => false,
    )
  if (existsSync(path) && !(await usable())) await command('ip', ['netns', 'del', name])
  if (!existsSync(path))
    await command('ip', ['netns', 'add', name]).catch(async (error: unknown) => {
      // Somebody else has started the same cloud at the same moment.
      if (!(await usable())) throw error
    })
  return path
}

const answers = async (cloudDir: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await ask(cloudDir, 'status', {}, signal)
    return true
  } catch (error) {
    if (error instanceof DaemonAwayError) return false
    throw error
  }
}

const lastLines = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8')).trim().split('\n').slice(-8).join('\n')
