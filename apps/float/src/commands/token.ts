import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { printList } from '../render/output.ts'
import { runVerb, type Verb } from './verbs.ts'

export const token: Command = {
  name: 'token',
  aliases: ['tokens'],
  summary: 'Make access tokens for programs, and revoke them',
  usage: 'token list | create NAME | revoke NAME',
  flags: [
    { long: 'expires', value: 'DURATION', summary: 'create: when it ends, 90d as without it, at most 366d' },
    FORCE_FLAG,
  ],
  examples: ['float token create ci --expires 30d', 'float token list', 'float token revoke ci'],
  run: (context) => runVerb(context, 'token', VERBS, { add: 'create', delete: 'revoke', rm: 'revoke' }),
}

const list = async (context: Context): Promise<void> => {
  const { client } = await context.connect()
  const { tokens } = await client.call('tokens')
  const row = (one: (typeof tokens)[number]): string[] => [one.name, one.createTime, one.expiresAt]
  printList(context, tokens, ['NAME', 'CREATED', 'EXPIRES'], row, 'No tokens')
}

/** The token alone on standard output, for `$( )`; the rest is for the person. */
const create = async (context: Context, [word]: readonly string[]): Promise<void> => {
  const name = nameOf(word)
  const expires = context.args.value('expires')
  const { client } = await context.connect()
  const made = await client.call('createToken', { body: { name, ...(expires ? { expires } : {}) } })
  const { world, format } = context
  if (format === 'json') return world.out(`${JSON.stringify(made, null, 2)}\n`)
  world.err(
    `Token ${name} ends ${made.expiresAt}. It is shown now and never again; use it as FLOAT_TOKEN or with -O:\n`,
  )
  world.out(`${made.token}\n`)
}

const revoke = async (context: Context, [word]: readonly string[]): Promise<void> => {
  const name = nameOf(word)
  const { client } = await context.connect()
  await client.call('deleteToken', { params: { name } })
  context.world.out(`Revoked token ${name}\n`)
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  create,
  revoke,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('token: the name of a token is missing')
  return word
}
