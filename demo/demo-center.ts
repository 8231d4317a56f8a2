import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { dim, say } from './words.ts'

const execute = promisify(execFile)
const bin = (name: string): string => fileURLToPath(new URL(`../bin/${name}`, import.meta.url))

/** An OpCenter of the demo's own: a data directory, a port and a home of `float` that no other one uses. */
export type DemoCenter = {
  readonly url: string
  readonly dataDir: string
  readonly password: string
  /** Runs `float` and answers what it printed. */
  float(args: readonly string[]): Promise<string>
  submit(name: string, script: string): Promise<string>
  /** Ends it and everything it made. */
  stop(): Promise<void>
}

export const startDemoCenter = async (): Promise<DemoCenter> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mmcloud-demo-'))
  const address = `127.0.0.1:${await freePort()}`
  const password = randomBytes(9).toString('base64url')
  const env = { ...process.env, HOME: dataDir, OPCENTER_ADMIN_PASSWORD: password }
  const start = await execute(
    bin('opencenter'),
    ['start', '--data-dir', dataDir, '--listen', address, '--detach'],
    { env },
  )
  say(dim(start.stdout.trim()))
  const float = async (args: readonly string[]): Promise<string> =>
    (await execute(bin('float'), args, { env, maxBuffer: 64 * 2 ** 20 })).stdout
  await float(['login', '-a', address, '-u', 'admin', '-p', password])
  return {
    url: `https://${address}`,
    dataDir,
    password,
    float,
    submit: async (name, script) => {
      const job = JSON.parse(
        await float(['submit', '-i', 'python', '-j', script, '-c', '1', '-m', '2', '-n', name, '-F', 'json']),
      ) as { id: string }
      return job.id
    },
    stop: async () => {
      await execute(bin('opencenter'), ['stop', '--data-dir', dataDir], { env })
      await rm(dataDir, { recursive: true })
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
