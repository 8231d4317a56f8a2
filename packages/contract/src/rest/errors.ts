import type { ErrorKind } from '@mmcloud/domain'
import { z } from 'zod'

/** The body of every answer that is not 2xx. */
export const errorSchema = z
  .object({
    code: z.int().describe('The number of ERROR_CODE.'),
    message: z.string().describe('The sentence for a person.'),
    field: z
      .string()
      .optional()
      .describe('Which field of the request it is about, where it is about one: envs, customTags.a.'),
    hint: z.string().optional().describe('What may help.'),
  })
  .meta({ id: 'Error', description: 'What went wrong, in words for a person' })
export type ErrorBody = z.infer<typeof errorSchema>

/** HTTP status of each kind of error. */
export const HTTP_STATUS = {
  unauthenticated: 401,
  notFound: 404,
  invalidArgument: 400,
  conflict: 409,
  forbidden: 403,
  notSupported: 422,
  noCapacity: 422,
  tooManyRequests: 429,
  // Not the OpCenter itself is in trouble: 5xx is kept for that.
  unavailable: 424,
  internal: 500,
} as const satisfies Record<ErrorKind, number>

/** What may help, whatever the sentence is about. */
export const HINTS = {
  unauthenticated:
    'GET /api/v1/login with Basic credentials answers a token in the header Authorization; send it back in the same header',
  notFound: 'GET /api/v1/jobSummaries lists your jobs; what belongs to others is not found either',
  invalidArgument: 'GET /api/v1/openapi.json describes every call and its fields',
  tooManyRequests: 'wait a minute; end streams that nobody reads',
  unavailable: 'somebody else does not answer the OpCenter; asking again later may help',
  internal: 'the log of the OpCenter says more; asking again later may help',
} as const satisfies Partial<Record<ErrorKind, string>>
