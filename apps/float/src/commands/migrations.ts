import type { Migration } from '@mmcloud/contract'
import { formatSpan } from '@mmcloud/report/measures'
import { plainText, TRIGGER_WORDS, usd, wrapped } from '@mmcloud/report/words'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { renderTable } from '../render/table.ts'
import { jobId } from './job-id.ts'

const HEADER = ['STARTED', 'TRIGGER', 'FROM', 'TO', 'STOOD STILL', 'COST', 'SAVED/H']

/** For people each move has its sentence below; programs get the ledger as it is. */
export const migrations: Command = {
  name: 'migrations',
  aliases: [],
  summary: 'List the moves of a job: why, from where to where, how long it stood still, at what cost',
  usage: 'migrations -j ID',
  flags: [JOB_FLAG],
  examples: ['float migrations -j ID', 'float migrations -j ID -F json'],
  run: async (context) => {
    const params = { id: jobId(context) }
    const { client } = await context.connect()
    const { migrations: all } = await client.call('migrations', { params })
    if (context.format === 'json' || context.format === 'yaml' || all.length === 0)
      printList(context, all, [], () => [], 'No moves')
    else context.world.out(migrationTable(all, columnsOf(context)))
    return EXIT.ok
  },
}

/** Where nobody looks at a screen there is room for everything. */
const columnsOf = ({ world }: Context): number => world.screen?.size().columns ?? Number.POSITIVE_INFINITY

/** Costs are in USD. The sentences are left out where the table alone fills the screen. */
export const migrationTable = (all: readonly Migration[], columns: number): string => {
  const lines = renderTable(HEADER, all.map(row)).trimEnd().split('\n')
  const width = lines[0]?.length ?? 0
  const body = all.flatMap((move, at) => [
    lines[at + 3] ?? '',
    ...(width > columns ? [] : sentenceLines(move, width)),
  ])
  return `${[...lines.slice(0, 3), ...body, lines.at(-1)].join('\n')}\n`
}

const row = (move: Migration): string[] => [
  move.startTime.slice(5, 19).replace('T', ' '),
  TRIGGER_WORDS[move.trigger],
  move.from || '-',
  move.to || '-',
  move.outcome === 'done' ? formatSpan(move.standStillMs) : move.outcome,
  move.outcome === 'done' ? usd(move.cost) : '-',
  move.savingPerHour === undefined ? '-' : usd(move.savingPerHour),
]

const INDENT = '|   '
const sentenceLines = ({ reason, undoneBecause }: Migration, width: number): string[] =>
  wrapped(
    plainText(undoneBecause ? `${reason}; undone: ${undoneBecause}` : reason),
    width - INDENT.length - 2,
  ).map((line) => `${(INDENT + line).padEnd(width - 1)}|`)
