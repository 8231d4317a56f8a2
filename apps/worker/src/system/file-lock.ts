import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs the work while no other process of this machine does so with the same file, in other instances of a local cloud too.
 * After `patienceMs` it is run all the same: whoever holds the lock may hang. A process that dies lets go of it.
 */
export const withFileLock = async <T>(
  file: string,
  patienceMs: number,
  work: () => Promise<T>,
): Promise<T> => {
  // Node has no flock; the shell holds it until its input ends, with this process if need be.
  const holder = spawn('flock', ['--wait', String(patienceMs / 1000), file, 'sh', '-c', 'echo; read _'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  holder.stdin.on('error', () => undefined)
  const ended = once(holder, 'close').catch(() => undefined)
  try {
    await Promise.race([once(holder.stdout, 'data'), ended])
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
