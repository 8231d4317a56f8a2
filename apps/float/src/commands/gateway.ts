import type { GatewayView } from '@mmcloud/contract'
import { isGatewayId } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { renderYaml } from '../render/yaml.ts'
import { confirmed, jobId } from './job-id.ts'
import { runVerb, type Verb } from './verbs.ts'

export const gateway: Command = {
  name: 'gateway',
  aliases: ['gateways'],
  summary: 'Give ports of jobs an address that stays the same wherever they run',
  usage:
    'gateway create | list | info -g GW | connect -g GW -j ID [--targetPort PORT] | disconnect … | destroy -g GW',
  flags: [
    { long: 'gateway', short: 'g', value: 'GW', summary: 'its id: g-…' },
    { ...JOB_FLAG, summary: 'connect, disconnect: the job' },
    {
      long: 'targetPort',
      value: 'PORT',
      summary: 'which published port of the job; may be left out where it has one',
    },
    FORCE_FLAG,
  ],
  examples: [
    'float gateway create',
    'float gateway connect -g GW -j ID --targetPort 8888',
    'float gateway info -g GW',
    'float gateway disconnect -g GW -j ID',
    'float gateway destroy -g GW',
  ],
  run: (context) => runVerb(context, 'gateway', VERBS, { show: 'info', delete: 'destroy', rm: 'destroy' }),
}

const create: Verb = async (context) => {
  const { client } = await context.connect()
  return print(context, await client.call('createGateway'))
}

const list: Verb = async (context) => {
  const { client } = await context.connect()
  const { gateways } = await client.call('gateways')
  printList(context, gateways, HEADER, row, 'No gateways')
  return EXIT.ok
}

const info: Verb = async (context, [word]) => {
  const params = { id: idOf(context, word) }
  const { client } = await context.connect()
  return print(context, await client.call('gateway', { params }))
}

const connect: Verb = async (context, [word]) => {
  const params = { id: idOf(context, word) }
  const body = { job: jobId(context), ...targetPort(context) }
  const { client } = await context.connect()
  return print(context, await client.call('connectGateway', { params, body }))
}

const disconnect: Verb = async (context, [word]) => {
  const params = { id: idOf(context, word), job: jobId(context) }
  const query = targetPort(context)
  const { client } = await context.connect()
  return print(context, await client.call('disconnectGateway', { params, query }))
}

const destroy: Verb = async (context, [word]) => {
  const id = idOf(context, word)
  if (!(await confirmed(context, `Destroy gateway ${id}?`))) return EXIT.failed
  const { client } = await context.connect()
  await client.call('destroyGateway', { params: { id } })
  context.world.out(`Destroyed ${id}\n`)
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = {
  create,
  list,
  info,
  connect,
  disconnect,
  destroy,
}

const idOf = ({ args }: Context, word: string | undefined): string => {
  const id = args.value('gateway') ?? word
  if (id === undefined)
    throw new UsageError('gateway: which one? name it with -g GW; "float gateway list" shows them')
  if (!isGatewayId(id))
    throw new UsageError(`gateway: "${id}" is not the id of one, like g- and 21 letters or digits`)
  return id
}

const targetPort = ({ args }: Context): { targetPort?: number } => {
  const text = args.value('targetPort')
  if (text === undefined) return {}
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`--targetPort: "${text}" is not a port`)
  return { targetPort: Number(text) }
}

const print = ({ world, format }: Context, shown: GatewayView): number => {
  if (format === 'json') world.out(`${JSON.stringify(shown, null, 2)}\n`)
  else world.out(renderYaml({ ...shown, connections: shown.connections.map(sentence) }))
  return EXIT.ok
}

const sentence = ({
  address,
  job,
  jobName,
  targetPort: port,
  status,
}: GatewayView['connections'][number]): string =>
  `${address} -> port ${port} of job ${job} (${jobName}, ${status})`

const HEADER = ['GATEWAY', 'USER', 'CREATED', 'CONNECTIONS']
const row = ({ id, user, createTime, connections }: GatewayView): string[] => [
  id,
  user,
  createTime,
  connections.map(({ address, job, targetPort: port }) => `${address} -> ${job}:${port}`).join(', '),
]
