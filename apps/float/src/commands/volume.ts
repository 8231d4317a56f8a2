import type { VolumeView } from '@mmcloud/contract'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { confirmed } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const volume: Command = {
  name: 'volume',
  aliases: ['volumes'],
  summary: 'Disks that outlive jobs, for "float submit --dataVolume vol-…:/data"',
  usage: 'volume create --size GB [NAME] | list | delete vol-…',
  flags: [{ long: 'size', value: 'GB', summary: 'create: how large' }, FORCE_FLAG],
  examples: [
    'float volume create --size 100 genomes',
    'float volume list',
    'float volume delete vol-0123456789abcdefg',
  ],
  run: (context) => runVerb(context, 'volume', VERBS),
}

const list = async (context: Context): Promise<number> => {
  const { client } = await context.connect()
  print(context, (await client.call('volumes')).volumes)
  return EXIT.ok
}

const create = async (context: Context, [name]: readonly string[]): Promise<number> => {
  const size = context.args.value('size')
  if (size === undefined || !/^\d{1,6}$/.test(size))
    throw new UsageError('volume create: say how large, in GB: --size 100')
  const body = { sizeGB: Number(size), ...(name === undefined ? {} : { name }) }
  const { client } = await context.connect()
  print(context, [await client.call('createVolume', { body })])
  return EXIT.ok
}

const remove = async (context: Context, [id]: readonly string[]): Promise<number> => {
  if (id === undefined || id === '') throw new UsageError('volume delete: which one? "float volume list"')
  if (!(await confirmed(context, `Delete ${id} and all that lies on it?`))) return EXIT.failed
  const { client } = await context.connect()
  await client.call('deleteVolume', { params: { id } })
  context.world.out(`Deleted ${id}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  create,
  list,
  delete: remove,
}

const print = (context: Context, volumes: readonly VolumeView[]): void =>
  printList(
    context,
    volumes,
    ['ID', 'NAME', 'SIZE', 'USER', 'JOB', 'USD/MONTH'],
    (each) => [
      each.id,
      each.name || '-',
      `${each.sizeGB} GB`,
      each.user,
      each.job ?? '-',
      each.pricePerMonth.toFixed(2),
    ],
    'No volumes',
  )
