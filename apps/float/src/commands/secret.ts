import { parseSecretName } from '@mmcloud/contract/grammar/secret'
import { UsageError } from '../arguments.ts'
import type { Command, Context } from '../command.ts'
import { printList } from '../render/output.ts'
import { runVerb, type Verb } from './verbs.ts'

export const secret: Command = {
  name: 'secret',
  aliases: ['secrets'],
  summary: 'Keep passwords and keys for jobs, encrypted',
  usage: 'secret set NAME [VALUE] | get NAME | ls | unset NAME',
  flags: [{ long: 'file', value: 'FILE', summary: 'set: the whole content of FILE is the value' }],
  examples: [
    'float secret set db-password',
    'float secret set deploy-key --file id_ed25519',
    'float secret set db-password --file /dev/stdin < password.txt',
    'float secret get db-password',
    'float secret ls',
  ],
  run: (context) => runVerb(context, 'secret', VERBS, { list: 'ls' }),
}

const set = async (context: Context, [word, ...values]: readonly string[]): Promise<void> => {
  const body = { name: nameOf(word), value: await valueOf(context, values) }
  const { client } = await context.connect()
  await client.call('setSecret', { body })
}

/** Scripts get the value as it was set, byte for byte; only a person's prompt begins on a line of its own. */
const get = async ({ connect, format, world }: Context, [word]: readonly string[]): Promise<void> => {
  const name = nameOf(word)
  const { client } = await connect()
  const { value } = await client.call('secret', { params: { name } })
  if (format === 'json') world.out(`${JSON.stringify({ name, value }, null, 2)}\n`)
  else world.out(world.screen ? `${value}\n` : value)
}

const list = async (context: Context): Promise<void> => {
  const { client } = await context.connect()
  const { secrets } = await client.call('secrets')
  printList(context, secrets, ['NAME'], ({ name }) => [name], 'No secrets')
}

const unset = async ({ connect }: Context, [word]: readonly string[]): Promise<void> => {
  const name = nameOf(word)
  const { client } = await connect()
  await client.call('unsetSecret', { params: { name } })
}

const VERBS: Readonly<Record<string, Verb>> = {
  set,
  get,
  ls: list,
  unset,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined) throw new UsageError('secret: the name of a secret is missing')
  return parseSecretName(word)
}

/** From a file, from the command line, or asked for on a terminal. No refusal repeats it. */
const valueOf = async ({ args, world }: Context, values: readonly string[]): Promise<string> => {
  const file = args.value('file')
  if (values.length + (file === undefined ? 0 : 1) > 1)
    throw new UsageError('secret set: give one VALUE, in quotes when it holds blanks, or --file FILE')
  if (file !== undefined) return textOf(file, world.readFile(file))
  const [value] = values
  if (value !== undefined) return value
  if (!world.ask) throw new UsageError('secret set: the value is missing; give VALUE or --file FILE')
  return world.ask('Value: ', { hidden: true })
}

/** What is no text would come back as something else. */
const textOf = (file: string, content: string): string => {
  if (/[\0\uFFFD]/.test(content)) throw new Error(`${file} is not text; keep it as base64`)
  return content
}
