import { formatSpan } from '@mmcloud/report/measures'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import type { World } from '../world.ts'

const HEADER = ['ID', 'ADDRESS', 'TYPE', 'CPU', 'MEM', 'MARKET', 'USD/H', 'STATE', 'JOB', 'UP', 'TAKEN IN']

export const hosts: Command = {
  name: 'hosts',
  aliases: ['sinfo'],
  summary: 'List the instances that are rented now, with price and job',
  usage: 'hosts',
  flags: [],
  examples: ['float hosts', 'float hosts -F json'],
  run: async (context) => {
    const { client } = await context.connect()
    const { hosts: all } = await client.call('hosts')
    const row = (host: (typeof all)[number]): string[] => [
      host.id,
      host.address,
      host.instanceType,
      String(host.cpu),
      `${host.memGB} GB`,
      host.market === 'spot' ? 'Spot' : 'OnDemand',
      host.pricePerHour.toFixed(4),
      host.state,
      host.job,
      distance(context.world, host.launchTime),
      distance(context.world, host.interruptionTime),
    ]
    printList(context, all, HEADER, row, 'No instances')
    return EXIT.ok
  },
}

const distance = (world: World, time: string | undefined): string =>
  time === undefined ? '-' : formatSpan(Math.abs(world.now() - Date.parse(time)))
