import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** A name under which programs may come in as their user; the token itself is told once, when it is made. */
export const tokenSchema = z
  .object({
    name: z.string(),
    createTime: z.string().describe('RFC 3339.'),
    expiresAt: z.string(),
  })
  .meta({ id: 'Token' })
export type TokenView = z.infer<typeof tokenSchema>

export const tokens = endpoint('tokens', {
  summary: 'Your access tokens',
  response: z.object({ tokens: z.array(tokenSchema) }),
})

export const createTokenBodySchema = z
  .object({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    expires: z
      .string()
      .optional()
      .describe('90d, at most 366 days; absent = 90 days. Use does not prolong it.'),
  })
  .meta({ id: 'CreateToken' })
export type CreateTokenBody = z.infer<typeof createTokenBodySchema>

/** `token` goes into the header `Authorization` as it is, or to `float -O`. */
export const createToken = endpoint('createToken', {
  summary: 'Make an access token; it is shown now and never again',
  least: 'viewer',
  success: 201,
  body: createTokenBodySchema,
  response: tokenSchema.extend({ token: z.string() }).meta({ id: 'NewToken' }),
})

export const deleteToken = endpoint('deleteToken', {
  summary: 'Revoke an access token, at once',
  least: 'viewer',
  params: z.object({ name: z.string().min(1).max(64) }),
  response: z.object({}),
})
