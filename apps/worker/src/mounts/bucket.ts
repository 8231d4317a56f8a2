import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { places } from '../system/places.ts'
import { until } from '../system/wait.ts'
import { isMounted } from '../volumes/volumes.ts'
import { type BucketParams, s3fsArguments, s3fsEnvironment, s3fsReason } from './s3fs.ts'

/** s3fs gives a server that does not answer up after several tries of ten seconds. */
const MOUNTED_WITHIN_MS = 90_000

/** A client whose keys are refused as it begins is gone by then; one whose keys allow to read, but not to list, stays. */
const GONE_WITHIN_MS = 3_000
const NOBODYS_NAME = '.mmcloud-is-it-there'

/** Mounts a bucket; throws why it cannot be had. Its client outlives this worker, as the program does. */
export const mountBucket = async (mount: BucketParams, path: string): Promise<void> => {
  const passing = mkdtempSync(join(places.runtime, 's3fs-'))
  const log = openSync(join(passing, 'log'), 'a', 0o600)
  const client = spawn('s3fs', s3fsArguments(mount, path), {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...s3fsEnvironment(mount) },
  })
  closeSync(log)
  const { bucket, prefix, endpoint, mountPoint } = mount
  const name = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${endpoint === undefined ? '' : ` of ${endpoint}`}`
  const failed = (why: string): Error => new Error(`${name} could not be mounted at ${mountPoint}: ${why}`)
  try {
    await once(client, 'spawn')
    client.unref()
    let refusedSince: number | undefined
    const answers = async (): Promise<true | undefined> => {
      if (client.exitCode !== null || client.signalCode !== null)
        throw failed(s3fsReason(readFileSync(join(passing, 'log'), 'utf8')))
      if (!isMounted(path)) return undefined
      const said = await ask(path)
      // Below the mount is a directory that says the same: an answer of a client that has ended meanwhile.
      if (!isMounted(path)) return undefined
      if (said === 'refused') refusedSince ??= performance.now()
      const stays = refusedSince !== undefined && performance.now() - refusedSince > GONE_WITHIN_MS
      return said === 'yes' || stays ? true : undefined
    }
    await until(answers, {
      withinMs: MOUNTED_WITHIN_MS,
      late: () => failed('the server does not answer').message,
    })
  } catch (error) {
    client.kill('SIGKILL')
    throw error
  } finally {
    rmSync(passing, { recursive: true, force: true })
  }
}

/**
 * What the server says to the keys, by a name that is not there. The client mounts first and asks the server then: the root of
 * what cannot be had is there for a moment.
 */
const ask = async (path: string): Promise<'yes' | 'refused' | 'nothing'> => {
  const code = await lstat(join(path, NOBODYS_NAME)).then(
    () => 'ENOENT',
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (code === 'ENOENT') return 'yes'
  return code === 'EPERM' || code === 'EACCES' ? 'refused' : 'nothing'
}
