import { closeSync, openSync } from 'node:fs'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import {
  InstanceNotFoundError,
  InsufficientCapacityError,
  VolumeInUseError,
  VolumeNotFoundError,
} from '@mmcloud/engine'
import type { z } from 'zod'
import { errorSchema, METHODS, type Method, type Result } from './protocol.ts'

/** The daemon is not there, or went away before it answered; every request may be repeated. */
export class DaemonAwayError extends Error {
  override readonly name = 'DaemonAwayError'
}

/** Asks the daemon of the cloud in `cloudDir`; its typed errors come out as the port's. */
export const ask = async <M extends Method>(
  cloudDir: string,
  method: M,
  params: z.input<(typeof METHODS)[M]['params']>,
  signal: AbortSignal,
): Promise<Result<M>> => {
  const { status, body } = await post(cloudDir, method, JSON.stringify(params), signal)
  const answer: unknown = JSON.parse(body)
  if (status === 200) return METHODS[method].result.parse(answer) as Result<M>
  const { error } = errorSchema.parse(answer)
  const Typed = TYPED_ERRORS.find(({ name }) => name === error.name)
  throw Typed ? new Typed(error.message) : new Error(`the local cloud could not ${method}: ${error.message}`)
}

const TYPED_ERRORS = [InstanceNotFoundError, InsufficientCapacityError, VolumeInUseError, VolumeNotFoundError]

const post = (
  cloudDir: string,
  method: string,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    // The address of a socket holds 107 characters, a path may be longer: through a descriptor it is short.
    const directory = openDirectory(cloudDir)
    if (directory === undefined) return reject(new DaemonAwayError(`${cloudDir} is not there`))
    const fail = (error: NodeJS.ErrnoException): void => {
      const away = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')
      reject(away ? new DaemonAwayError(`no daemon answers in ${cloudDir}`, { cause: error }) : error)
    }
    const socketPath = `/proc/self/fd/${directory}/control.sock`
    const call = request(
      { socketPath, path: `/${method}`, method: 'POST', signal, agent: false },
      (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), fail)
      },
    )
    call.on('error', fail)
    call.once('close', () => closeSync(directory))
    call.end(body)
  })

const openDirectory = (path: string): number | undefined => {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}
