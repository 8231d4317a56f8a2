import { type ChildProcess, spawn } from 'node:child_process'
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

  const end = Date.now() + START_LIMIT_MS
  let child = spawnDaemon(cloudDir, netns)
  while (!(await answers(cloudDir, signal))) {
    // The lock's holder may be a daemon that starts, which will answer, or one that is just dying.
    if (child.exitCode === LOCKED) child = spawnDaemon(cloudDir, netns)
    const ended = child.exitCode !== null || child.signalCode !== null
    if (ended || Date.now() > end) {
      const how = ended ? `it ended (${child.exitCode ?? child.signalCode})` : 'it does not answer'
      throw new Error(
        `the local cloud did not start, ${how}: ${await lastLines(join(cloudDir, 'daemon.log'))}`,
      )
    }
    await sleep(20, undefined, { signal })
  }
}

const spawnDaemon = (cloudDir: string, netns: string): ChildProcess => {
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
  // Without nsenter there is no process, and the wait above runs into its limit with the log to show for it.
  child.on('error', () => {})
  child.unref()
  return child
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
