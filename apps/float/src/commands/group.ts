import type { GroupView } from '@mmcloud/contract'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { confirmed } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const group: Command = {
  name: 'group',
  aliases: ['groups'],
  summary: 'Groups of users who see the jobs of each other',
  usage: 'group list | add NAME [USER…] | join NAME USER… | leave NAME USER… | delete NAME',
  flags: [FORCE_FLAG],
  examples: [
    'float group add lab ann bob',
    'float group join lab eve',
    'float group leave lab bob',
    'float group delete lab',
  ],
  run: (context) => runVerb(context, 'group', VERBS),
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('groups')).groups)
  return EXIT.ok
}

const add = async (context: Context, [word, ...users]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  const { client } = await context.connect()
  await client.call('addGroup', { body: { name } })
  return users.length === 0 ? show(context, name) : join(context, [name, ...users])
}

const join = async (context: Context, [word, ...users]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  const { client } = await context.connect()
  for (const user of someOf(users)) await client.call('addToGroup', { params: { name }, body: { user } })
  return show(context, name)
}

const leave = async (context: Context, [word, ...users]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  const { client } = await context.connect()
  for (const user of someOf(users)) await client.call('removeFromGroup', { params: { name, user } })
  return show(context, name)
}

const remove = async (context: Context, [word]: readonly string[]): Promise<number> => {
  const name = nameOf(word)
  if (!(await confirmed(context, `Delete group ${name}? Its users stay.`))) return EXIT.failed
  const { client } = await context.connect()
  await client.call('deleteGroup', { params: { name } })
  context.world.out(`Deleted group ${name}\n`)
  return EXIT.ok
}

const show = async (context: Context, name: string): Promise<number> => {
  const { client } = await context.connect()
  const { groups } = await client.call('groups')
  print(
    context,
    groups.filter((each) => each.name === name),
  )
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  add,
  join,
  leave,
  delete: remove,
}

const nameOf = (word: string | undefined): string => {
  if (word === undefined || word === '') throw new UsageError('group: the name of a group is missing')
  return word
}

const someOf = (users: readonly string[]): readonly string[] => {
  if (users.length === 0) throw new UsageError('group: name the users, after the group')
  return users
}

const print = (context: Context, groups: readonly GroupView[]): void =>
  printList(
    context,
    groups,
    ['NAME', 'MEMBERS'],
    ({ name, members }) => [name, members.join(', ')],
    'No groups',
  )
