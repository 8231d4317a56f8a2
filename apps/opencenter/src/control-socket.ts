import { rm } from 'node:fs/promises'
import http from 'node:http'
import { join } from 'node:path'
import { JOB_STATUSES, UserError } from '@mmcloud/domain'
import { z } from 'zod'

/** What `opencenter status` tells of a running OpCenter. */
export const runStateSchema = z.object({
  pid: z.int(),
  /** `https://…` as people reach it. */
  address: z.string(),
  version: z.string(),
  /** SHA-256 of the certificate that clients pin. */
  fingerprint: z.string(),
  jobs: z.partialRecord(z.enum(JOB_STATUSES), z.int()),
})
export type RunState = z.infer<typeof runStateSchema>

/** `error` without `stopped`: it goes on, nothing was ended. With it: it has ended, and something of its local cloud is left. */
const stopResultSchema = z.object({ stopped: z.boolean(), error: z.string().optional() })
export type StopResult = { readonly stopped: boolean; readonly error?: string }

export type ControlHandlers = {
  state(): Promise<RunState>
  /** Resolves when everything is saved (or, by force, ended unsaved) and only the process itself is left to end. */
  stop(force: boolean): Promise<StopResult>
}

const socketOf = (dataDir: string): string => join(dataDir, 'opencenter.sock')

/** Serves `status` and `stop` to who may read the data directory: root alone, so that it needs no password. */
export const serveControlSocket = async (
  dataDir: string,
  handlers: ControlHandlers,
): Promise<{ close(): Promise<void> }> => {
  const answer = async (path: string | undefined): Promise<unknown> => {
    if (path === '/status') return handlers.state()
    if (path !== '/stop' && path !== '/stop-unsaved') return { error: 'unknown' }
    return handlers.stop(path === '/stop-unsaved')
  }
  const server = http.createServer((request, response) => {
    answer(request.url).then(
      (body) => response.end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    )
  })
  // We hold the lock of the directory: a socket that is there is a dead process's.
  await rm(socketOf(dataDir), { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(socketOf(dataDir), resolve)
  })
  // Whoever asked for the stop still gets the answer.
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** Undefined when no OpCenter runs on this data directory. */
export const askState = async (dataDir: string): Promise<RunState | undefined> => {
  const body = await ask(dataDir, '/status')
  return body === undefined ? undefined : runStateSchema.parse(JSON.parse(body))
}

/** Returns when it has saved its jobs and is about to end; throws with its own words when it could not. */
export const askStop = async (dataDir: string, force: boolean): Promise<void> => {
  const answer = await ask(dataDir, force ? '/stop-unsaved' : '/stop')
  if (answer === undefined) {
    throw new UserError(
      'internal',
      `The OpCenter died before it had stopped. To see to what it left: opencenter stop --data-dir ${dataDir}`,
    )
  }
  const { stopped, error } = stopResultSchema.parse(JSON.parse(answer))
  if (error === undefined) return
  throw new UserError(
    'internal',
    stopped
      ? `The OpCenter has stopped, but its local cloud could not be: ${error}\nTo try that again: opencenter stop --data-dir ${dataDir}`
      : `The OpCenter could not stop and goes on: ${error}\nTo stop it without saving: opencenter stop --data-dir ${dataDir} --force`,
  )
}

const NOBODY_THERE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET'])

const ask = (dataDir: string, path: string): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      NOBODY_THERE.has(error.code ?? '') ? resolve(undefined) : reject(error)
    // No connection is kept: an OpCenter that stops would wait for it to be given up, five seconds.
    const request = http.get({ socketPath: socketOf(dataDir), path, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (body += part))
      response.on('end', () =>
        response.statusCode === 200 ? resolve(body) : reject(new Error(`${path} failed`)),
      )
      // It may be killed in the middle of its answer.
      response.on('error', failed)
    })
    request.on('error', failed)
  })
