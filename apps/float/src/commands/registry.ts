import type { RegistryLoginView } from '@mmcloud/contract'
import { UsageError } from '../arguments.ts'
import type { Command, Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { runVerb, type Verb } from './verbs.ts'

export const registry: Command = {
  name: 'registry',
  aliases: ['registries'],
  summary: 'Log the OpCenter in to private registries, for the images of all jobs',
  usage: 'registry list | login HOST[/PATH] --account NAME | logout HOST[/PATH]',
  flags: [
    { long: 'account', value: 'NAME', summary: 'login: the user name there' },
    { long: 'passwordFile', value: 'FILE', summary: 'login: the password or token, instead of asking' },
  ],
  examples: [
    'float registry login quay.io --account lab+robot --passwordFile token.txt',
    'float registry list',
    'float registry logout quay.io',
  ],
  run: (context) => runVerb(context, 'registry', VERBS),
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('registries')).registries)
  return EXIT.ok
}

const login = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  const username = context.args.value('account')
  if (username === undefined) throw new UsageError('registry login: give the user name there, --account NAME')
  const password = await passwordAt(context, `Password of ${username} at ${name}: `)
  const { client } = await context.connect()
  print(context, [await client.call('loginToRegistry', { body: { registry: name, username, password } })])
  return EXIT.ok
}

const logout = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const query = { registry: nameOf(word) }
  const { client } = await context.connect()
  await client.call('logoutOfRegistry', { query })
  context.world.out(`Logged out of ${query.registry}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  login,
  logout,
}

/** Never from the command line, where everybody on the machine can read it. */
const passwordAt = async ({ args, world }: Context, question: string): Promise<string> => {
  const file = args.value('passwordFile')
  if (file !== undefined) return world.readFile(file).replace(/\r?\n$/, '')
  if (!world.ask)
    throw new UsageError('the password is asked for at a terminal; elsewhere give --passwordFile FILE')
  return world.ask(question, { hidden: true })
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('registry: name the registry, like quay.io')
  return word
}

const print = (context: Context, logins: readonly RegistryLoginView[]): void =>
  printList(
    context,
    logins,
    ['REGISTRY', 'ACCOUNT'],
    (each) => [each.registry, each.username],
    'No registries: images come from where everybody may fetch them',
  )
