import type { StorageView } from '@mmcloud/contract'
import { parseStorage } from '@mmcloud/contract/grammar/storage'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { confirmed } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const storage: Command = {
  name: 'storage',
  aliases: ['storages'],
  summary: 'Register volumes under a name, for "float submit --storage NAME"',
  usage: 'storage register NAME VOLUME | list | delete NAME',
  flags: [{ long: 'replace', summary: 'register: also where you have one of that name' }, FORCE_FLAG],
  examples: [
    'float storage register shelf [accesskey={secret:id},secret={secret:key}]s3://shelf/in:/in',
    'float storage list',
    'float storage delete shelf',
  ],
  run: (context) => runVerb(context, 'storage', VERBS),
}

const register = async (context: Context, [name, volume, ...more]: readonly string[]): Promise<number> => {
  if (volume === undefined || more.length > 0)
    throw new UsageError('storage register: give a NAME and one VOLUME, in quotes, like s3://bucket/in:/in')
  parseStorage(volume)
  const body = { name: nameOf(name), volume, ...(context.args.isSet('replace') ? { replace: true } : {}) }
  const { client } = await context.connect()
  print(context, [await client.call('registerStorage', { body })])
  return EXIT.ok
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('storages')).storage)
  return EXIT.ok
}

const remove = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  if (!(await confirmed(context, `Forget storage ${name}? What lies in it stays.`))) return EXIT.failed
  const { client } = await context.connect()
  await client.call('deleteStorage', { params: { name } })
  context.world.out(`Deleted ${name}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  register,
  list,
  delete: remove,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('storage: the name of a storage is missing')
  return word
}

const print = (context: Context, storages: readonly StorageView[]): void =>
  printList(context, storages, ['NAME', 'VOLUME'], ({ name, volume }) => [name, volume], 'No storage')
