import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, waitFor } from '@mmcloud/testkit'

const PROGRAM = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'servers/versitygw/versitygw')

/** A real S3 server with one bucket, `shelf`. Its objects are files in `objects`; who writes there is another client. */
export type S3Server = {
  readonly endpoint: string
  readonly accessKey: string
  readonly secret: string
  readonly objects: string
  /** For what its clients write on the way; gone with it. */
  readonly scratch: string
  stop(): Promise<void>
}

export const startS3Server = async (): Promise<S3Server> => {
  const directory = mkdtempSync(join(tmpdir(), 'mmcloud-s3-'))
  const objects = join(directory, 'served', 'shelf')
  mkdirSync(objects, { recursive: true })
  const scratch = join(directory, 'scratch')
  mkdirSync(scratch)
  const [accessKey, secret] = [randomBytes(10).toString('hex'), `${randomBytes(20).toString('hex')}+/=`]
  // Instances have no way to this machine's loopback.
  const address = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)!.address
  const at = `${address}:${await freePort(address)}`
  const server = spawn(PROGRAM, ['--port', at, '--quiet', 'posix', join(directory, 'served')], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secret },
  })
  await once(server, 'spawn')
  const ended = once(server, 'exit')
  const endpoint = `http://${at}`
  await waitFor('the S3 server', 20_000, async () => {
    const answered = await fetch(`${endpoint}/shelf`).catch(() => undefined)
    return answered?.status === 403 ? { done: true } : { notYet: String(answered?.status ?? 'no answer') }
  })
  const stop = async (): Promise<void> => {
    server.kill()
    await ended
    rmSync(directory, { recursive: true })
  }
  return { endpoint, accessKey, secret, objects, scratch, stop }
}
