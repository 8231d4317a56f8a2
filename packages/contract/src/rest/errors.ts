import type { ErrorKind } from '@mmcloud/domain'
import { z } from 'zod'

/** The body of every answer that is not 2xx. `code` is the number of `ERROR_CODE`, `message` the sentence for a person. */
export const errorSchema = z
  .object({ code: z.int(), message: z.string() })
  .meta({ id: 'Error', description: 'What went wrong, in words for a person' })
export type ErrorBody = z.infer<typeof errorSchema>

/** HTTP status of each kind of error. */
export const HTTP_STATUS = {
  unauthenticated: 401,
  notFound: 404,
  invalidArgument: 400,
  conflict: 409,
  forbidden: 403,
  notSupported: 501,
  noCapacity: 422,
  tooManyRequests: 429,
  internal: 500,
} as const satisfies Record<ErrorKind, number>
