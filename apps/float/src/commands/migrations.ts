import { type Command, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { formatBytes, formatSpan, printList } from '../render/output.ts'
import { jobId } from './job-id.ts'

const HEADER = ['STARTED', 'WHY', 'FROM', 'TO', 'SAVED', 'STOOD STILL', 'PHASES', 'OUTCOME']

export const migrations: Command = {
  name: 'migrations',
  aliases: [],
  summary: 'List the moves of a job with their numbers',
  usage: 'migrations -j ID',
  flags: [JOB_FLAG],
  examples: ['float migrations -j ID', 'float migrations -j ID -F json'],
  run: async (context) => {
    const params = { id: jobId(context) }
    const { client } = await context.connect()
    const { migrations: all } = await client.call('migrations', { params })
    const row = (move: (typeof all)[number]): string[] => [
      move.startTime.slice(0, 19).replace('T', ' '),
      move.trigger,
      move.from,
      move.to,
      formatBytes(move.bytes),
      move.standStillMs === undefined ? '-' : formatSpan(move.standStillMs),
      Object.entries(move.phases)
        .map(([phase, ms]) => `${phase} ${formatSpan(ms)}`)
        .join(', '),
      move.outcome,
    ]
    printList(context, all, HEADER, row, 'No moves')
    return EXIT.ok
  },
}
