import { rmSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { GatewayRoute } from '@mmcloud/domain'
import { routesSchema, socketOf } from './protocol.ts'
import { Relay } from './relay.ts'

/** Nobody: it opens ports above 1023 and makes connections, and needs nothing else. */
const NOBODY = 65_534
/** An OpCenter whose data directory is gone will never stop us. */
const LOOK_MS = 10_000

/**
 * The gateway of one OpCenter, a process of its own: what goes through it goes on while the OpCenter is down or starts
 * again. Arguments: the data directory, and the address at which its ports are reached.
 */
const main = async ([dataDir, host]: readonly string[]): Promise<void> => {
  if (!dataDir || !host) throw new Error('usage: main.ts DATA_DIR HOST')
  const socket = socketOf(dataDir)
  const relay = new Relay(host)
  let turn: Promise<unknown> = Promise.resolve()
  const server = createServer((request, response) => {
    const answered = turn.then(() => answer(relay, request))
    turn = answered.catch(() => undefined)
    answered.then(
      (body) => {
        response.end(JSON.stringify(body))
        if (request.url === '/stop') response.on('finish', () => process.exit(0))
      },
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`)
        response.writeHead(400).end()
      },
    )
  })
  // Whoever starts us holds the lock of the directory: a socket that is there is a dead process's.
  rmSync(socket, { force: true })
  process.umask(0o177)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))
  if (process.getuid?.() === 0) {
    process.setgroups?.([])
    process.setgid?.(NOBODY)
    process.setuid?.(NOBODY)
  }
  setInterval(() => {
    if (isGone(socket)) process.exit(0)
  }, LOOK_MS)
}

/** Not merely out of our sight. */
const isGone = (path: string): boolean => {
  try {
    statSync(path)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

const answer = async (relay: Relay, request: IncomingMessage): Promise<unknown> => {
  if (request.url !== '/routes') return { pid: process.pid }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return relay.put(routesSchema.parse(JSON.parse(Buffer.concat(chunks).toString())) as GatewayRoute[])
}

await main(process.argv.slice(2))
