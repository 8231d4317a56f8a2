import type { Inspection } from '@mmcloud/contract'
import { formatBytes } from '@mmcloud/report/measures'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { jobId } from './job-id.ts'

export const ps: Command = {
  name: 'ps',
  aliases: [],
  summary: 'List the processes of a job, with the numbers they have inside it',
  usage: 'ps -j ID',
  flags: [JOB_FLAG],
  examples: ['float ps -j ID', 'float ps -j ID -F json'],
  run: async (context) => {
    const { processes } = await inspect(context)
    const row = (one: (typeof processes)[number]): string[] => [
      String(one.pid),
      String(one.parent),
      one.state,
      one.cpuSeconds.toFixed(2),
      formatBytes(one.memBytes),
      formatBytes(one.swapBytes),
      String(one.threads),
      one.command,
    ]
    const header = ['PID', 'PPID', 'STATE', 'CPU S', 'MEM', 'SWAP', 'THREADS', 'COMMAND']
    printList(context, processes, header, row, 'No processes')
    return EXIT.ok
  },
}

export const df: Command = {
  name: 'df',
  aliases: [],
  summary: 'Show how full the disks of a job are',
  usage: 'df -j ID',
  flags: [JOB_FLAG],
  examples: ['float df -j ID'],
  run: async (context) => {
    const { disks } = await inspect(context)
    const row = (disk: (typeof disks)[number]): string[] => [
      disk.mountPoint,
      formatBytes(disk.bytes),
      formatBytes(disk.usedBytes),
      formatBytes(disk.freeBytes),
      `${Math.ceil((disk.usedBytes / Math.max(1, disk.usedBytes + disk.freeBytes)) * 100)}%`,
    ]
    printList(context, disks, ['MOUNTED ON', 'SIZE', 'USED', 'FREE', 'USE%'], row, 'No disks')
    return EXIT.ok
  },
}

const inspect = async (context: Context): Promise<Inspection> => {
  const params = { id: jobId(context) }
  const { client } = await context.connect()
  return client.call('inspection', { params })
}
