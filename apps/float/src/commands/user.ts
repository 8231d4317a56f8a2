import type { UserView } from '@mmcloud/contract'
import { type Role, ROLES } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { confirmed } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const user: Command = {
  name: 'user',
  aliases: ['users'],
  summary: 'Let people in, as viewers, users or admins; change passwords',
  usage: 'user list | add NAME | passwd [NAME] | role NAME ROLE | delete NAME',
  flags: [
    { long: 'role', value: 'ROLE', summary: 'add: viewer, user (as without it) or admin' },
    { long: 'passwordFile', value: 'FILE', summary: 'add, passwd: the new password, instead of asking' },
    FORCE_FLAG,
  ],
  examples: [
    'float user add ann',
    'float user add watcher --role viewer --passwordFile secret.txt',
    'float user passwd',
    'float user role ann admin',
    'float user delete ann',
  ],
  run: (context) => runVerb(context, 'user', VERBS),
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('users')).users)
  return EXIT.ok
}

const add = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  const role = context.args.value('role')
  const wanted = role === undefined ? {} : { role: roleOf(role) }
  const password = await newPassword(context)
  const { client } = await context.connect()
  print(context, [await client.call('addUser', { body: { name, password, ...wanted } })])
  return EXIT.ok
}

/** One's own with the present one; of others admins only, without. */
const passwd = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const { client } = await context.connect()
  const { username } = await client.call('session')
  const name = word ?? username
  const present = name === username ? { currentPassword: await presentPassword(context) } : {}
  const password = await newPassword(context)
  await client.call('changeUser', { params: { name }, body: { password, ...present } })
  context.world.out(`The password of ${name} is changed; other sessions have ended\n`)
  return EXIT.ok
}

const role = async (context: Context, [word, wanted = '']: readonly string[]): Promise<number> => {
  const params = { name: nameOf(word) }
  const body = { role: roleOf(wanted) }
  const { client } = await context.connect()
  print(context, [await client.call('changeUser', { params, body })])
  return EXIT.ok
}

const remove = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  if (!(await confirmed(context, `Delete user ${name}?`))) return EXIT.failed
  const { client } = await context.connect()
  await client.call('deleteUser', { params: { name } })
  context.world.out(`Deleted user ${name}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  add,
  passwd,
  role,
  delete: remove,
}

/** Never from the command line, where everybody on the machine can read it. */
const newPassword = async ({ args, world }: Context): Promise<string> => {
  const file = args.value('passwordFile')
  if (file !== undefined) return world.readFile(file).replace(/\r?\n$/, '')
  const { ask } = world
  if (!ask)
    throw new UsageError('the new password is asked for at a terminal; elsewhere give --passwordFile FILE')
  const password = await ask('New password: ', { hidden: true })
  if ((await ask('confirm password: ', { hidden: true })) !== password)
    throw new Error('the two passwords differ; nothing was changed')
  return password
}

/** As given for the login of this call, or asked for. */
const presentPassword = async ({ args, world }: Context): Promise<string> => {
  const given = args.value('password')
  if (given !== undefined) return given
  if (!world.ask)
    throw new UsageError('your present password is asked for at a terminal; elsewhere give -u and -p')
  return world.ask('Present password: ', { hidden: true })
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('user: the name of a user is missing')
  return word
}

const roleOf = (text: string): Role => {
  const found = ROLES.find((known) => known === text)
  if (!found) throw new UsageError(`user: role "${text}" is none of ${ROLES.join(', ')}`)
  return found
}

const print = (context: Context, users: readonly UserView[]): void =>
  printList(
    context,
    users,
    ['NAME', 'NUMBER', 'ROLE'],
    (one) => [one.name, String(one.number), one.role],
    'No users',
  )
