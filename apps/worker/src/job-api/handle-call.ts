import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HTTP_STATUS, JOB_BODY_BYTES, readJobCall } from '@mmcloud/contract'
import { invalidArgument, UserError } from '@mmcloud/domain'

/** A call that may be made, as it goes to the OpCenter: nothing of the caller's headers but the kind of its body. */
export type Forwarded = { readonly method: string; readonly path: string; readonly body: Buffer }

export type Answer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Readable
}

export type JobApiDeps = {
  /** The job whose program asks. */
  readonly jobId: () => string | undefined
  /** Rejects when the OpCenter does not answer. */
  readonly forward: (call: Forwarded) => Promise<Answer>
  readonly log: (message: string) => void
}

/** The only headers of an answer that a client needs. */
const ANSWERED = ['content-type', 'content-length', 'x-log-offset', 'x-log-size']

/**
 * Serves a job's own program: what it may ask about itself goes to the OpCenter as its worker's, anything else is refused
 * in words. When the OpCenter does not answer the connection breaks, as one to the OpCenter itself would.
 */
export const handleJobCalls =
  (deps: JobApiDeps): RequestListener =>
  (request, response) => {
    answer(deps, request, response).catch((error: unknown) => {
      if (error instanceof UserError && !response.headersSent) return refuse(response, error)
      deps.log(`a call of the job broke off: ${error instanceof Error ? error.message : String(error)}`)
      request.socket.destroy()
    })
  }

const answer = async (
  deps: JobApiDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const path = admit(deps.jobId(), request)
  const body = await readBody(request)
  const { status, headers, body: answered } = await deps.forward({ method: request.method!, path, body })
  const kept = ANSWERED.flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]] as const],
  )
  response.writeHead(status, Object.fromEntries(kept))
  await pipeline(answered, response)
}

/** The path to ask for; throws what is to be said when the job may not. */
const admit = (jobId: string | undefined, { method = '', url = '', headers }: IncomingMessage): string => {
  const call = readJobCall(method, url)
  if (headers.authorization !== undefined) {
    throw new UserError(
      'forbidden',
      'Inside a job nobody logs in at this address: it speaks for the job. Leave name, password and token out',
    )
  }
  if (!call) {
    throw new UserError(
      'forbidden',
      'A job may move, suspend, modify and snapshot itself, look at itself (show, top, ps, df, events, log, migrations, report, costs -j) and get a secret of its owner; nothing else',
    )
  }
  if (call.job !== undefined && call.job !== jobId) {
    throw new UserError('forbidden', `A job may ask about itself only, not about job ${call.job}`)
  }
  return call.path
}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > JOB_BODY_BYTES) throw invalidArgument(`a job sends at most ${JOB_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const refuse = (response: ServerResponse, { kind, code, message }: UserError): void => {
  // What of the body was not read must not be taken for the next request.
  response.writeHead(HTTP_STATUS[kind], { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ code, message }))
}
