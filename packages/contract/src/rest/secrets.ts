import { z } from 'zod'
import { SECRET_NAME } from '../grammar/secret.ts'
import { endpoint } from './endpoint.ts'

/** A secret belongs to who set it: nobody else, an administrator included, is told of it. */
const secretName = z.string().regex(SECRET_NAME, 'must be up to 128 letters, digits, "-" and "_"')
const secretParams = z.object({ name: secretName })
const named = z.object({ name: secretName })

/** At most 64 KiB of text. A zero byte would end it early in an environment. */
const secretValue = z
  .string()
  .max(65_536)
  .regex(/^[^\0]*$/, 'must not hold a zero byte')

export const secrets = endpoint('secrets', {
  summary: 'The names of my secrets',
  response: z.object({ secrets: z.array(named) }),
})

export const secret = endpoint('secret', {
  summary: 'The value of one of my secrets',
  params: secretParams,
  response: z.object({ name: secretName, value: z.string() }),
})

export const setSecret = endpoint('setSecret', {
  summary: 'Keep a secret, in place of the one of that name',
  success: 201,
  body: z.object({ name: secretName, value: secretValue }).meta({ id: 'SetSecret' }),
  response: named,
})

export const unsetSecret = endpoint('unsetSecret', {
  summary: 'Forget a secret',
  params: secretParams,
  response: named,
})
