import { status } from '@grpc/grpc-js'
import { UnreachableError, UntrustedError } from '@mmcloud/client'
import { UserError } from '@mmcloud/contract/user-error'
import { InvalidTaskError } from './task-to-job.ts'

/** An answer that is not a good one, as gRPC tells it. */
export type Refusal = { readonly code: status; readonly details: string }

/** The caller asked for what is not here. */
export class NotServedError extends Error {
  override readonly name = 'NotServedError'
}

const CODES: Readonly<Record<string, status>> = {
  invalidArgument: status.INVALID_ARGUMENT,
  notFound: status.NOT_FOUND,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  conflict: status.FAILED_PRECONDITION,
  notSupported: status.INVALID_ARGUMENT,
  noCapacity: status.RESOURCE_EXHAUSTED,
  tooManyRequests: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
}

/** What the engine is told: the OpCenter's own sentence, never a credential or a command line. */
export const refusalOf = (error: unknown): Refusal => {
  if (error instanceof InvalidTaskError) return { code: status.INVALID_ARGUMENT, details: error.message }
  if (error instanceof NotServedError) return { code: status.NOT_FOUND, details: error.message }
  if (error instanceof UnreachableError) return { code: status.UNAVAILABLE, details: error.message }
  if (error instanceof UntrustedError) return { code: status.FAILED_PRECONDITION, details: error.message }
  if (error instanceof UserError)
    return { code: CODES[error.kind] ?? status.INTERNAL, details: `${error.message} (code: ${error.code})` }
  return { code: status.INTERNAL, details: 'the agent failed; its log says more' }
}
