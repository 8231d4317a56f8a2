import { ROLES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** Who is asking. */
export const sessionSchema = z
  .object({
    username: z.string(),
    userNumber: z.int().describe('0 = the administrator.'),
    role: z.enum(ROLES),
    expiresAt: z
      .string()
      .optional()
      .describe(
        'RFC 3339; moved on by every session call. Absent with Basic credentials, which hold no session.',
      ),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof sessionSchema>

/** Basic credentials in; the token comes in the response header `Authorization` and is sent back verbatim. */
export const login = endpoint('login', {
  summary: 'Check a password; the token is in the response header Authorization',
  response: sessionSchema,
})

/** Answers only while the session lives, and starts its timer anew. */
export const session = endpoint('session', {
  summary: 'Who am I; refreshes the session',
  response: sessionSchema,
})

/** Ends the session of the token sent; with Basic credentials there is nothing to end and it succeeds. */
export const logout = endpoint('logout', {
  summary: 'End the session',
  least: 'viewer',
  response: z.object({}),
})
