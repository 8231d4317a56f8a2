import { createHash } from 'node:crypto'
import { IDEMPOTENCY_KEY_HEADER, IDEMPOTENCY_REQUEST_HEADER, type SubmitBody } from '@mmcloud/contract'
import { invalidArgument, jobIdOf } from '@mmcloud/domain'
import type { SubmitOnce } from '@mmcloud/engine'
import type { FastifyRequest } from 'fastify'

/** A job's id follows from who asks and under which key, so that asking again finds the job; nothing without a key. */
export const submitOnce = (
  headers: FastifyRequest['headers'],
  user: string,
  body: SubmitBody,
): SubmitOnce | undefined => {
  const key = headers[IDEMPOTENCY_KEY_HEADER]
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(key))
    throw invalidArgument(`${IDEMPOTENCY_KEY_HEADER}: up to 128 printable characters, and no blanks`)
  return {
    id: jobIdOf(sha256(JSON.stringify([user, key]))),
    ...(headers[IDEMPOTENCY_REQUEST_HEADER] === 'any'
      ? {}
      : { requestDigest: sha256(JSON.stringify(body)).toString('hex') }),
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
