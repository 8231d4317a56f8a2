import type { CostRow, CostSums, JobCost } from '@mmcloud/contract'
import { parseDuration } from '@mmcloud/contract/grammar/duration'
import { formatCost, formatTime, parseInstant } from '@mmcloud/contract/grammar/time'
import { plainText, usd, wrapped } from '@mmcloud/report/words'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { renderTable } from '../render/table.ts'
import { type Plain, renderYaml } from '../render/yaml.ts'

/** All in USD, live: what runs counts up to now. */
export const costs: Command = {
  name: 'costs',
  aliases: [],
  summary: 'Tell what jobs cost, disks included, and what that saved',
  usage: 'costs [--by job|user|tag:KEY] [-f FILTER]… [--since TIME] | costs -j ID',
  flags: [
    { ...JOB_FLAG, summary: 'one job, with what it should ask for next time' },
    { long: 'by', value: 'job|user|tag:KEY', summary: 'one row for each (job)' },
    { long: 'filter', short: 'f', value: 'FIELD=VALUE', summary: 'repeated = and; "A=x or A=y" inside one' },
    { long: 'since', value: 'TIME', summary: 'only jobs submitted since 2026-11-23, or in the last 7d' },
  ],
  examples: [
    'float costs',
    'float costs --by user --since 7d',
    'float costs --by tag:project -f status=Completed -F json',
    'float costs -j ID',
  ],
  run: async (context) => {
    const id = context.args.value('job')?.trim()
    const beside = ['by', 'filter', 'since'].find((flag) => context.args.isSet(flag))
    if (id && beside) throw new UsageError(`costs: --${beside} is about many jobs, -j about one`)
    const { client } = await context.connect()
    if (id) print(context, await client.call('jobCost', { params: { id } }), jobText)
    else {
      const by = context.args.value('by') ?? 'job'
      const query = { by, filter: [...context.args.values('filter')], ...since(context) }
      print(context, await client.call('costs', { query }), ({ rows, sum }) => table(by, rows, sum))
    }
    return EXIT.ok
  },
}

const print = <T extends object>(
  { world, format }: Context,
  answer: T,
  text: (answer: T) => string,
): void => {
  if (format === 'json') world.out(`${JSON.stringify(answer, null, 2)}\n`)
  else if (format === 'yaml') world.out(renderYaml(answer as { readonly [key: string]: Plain }))
  else world.out(text(answer))
}

/** A time, or how long ago. */
const since = ({ args, world }: Context): { since?: string } => {
  const text = args.value('since')
  if (text === undefined) return {}
  if (/^\d+[dhms]/.test(text.trim()))
    return { since: formatTime(world.now() - parseDuration(text, '--since') * 1000) }
  return { since: formatTime(parseInstant(text, '--since')) }
}

const COLUMNS = ['SPOT', 'ON DEMAND', 'DISKS', 'TOTAL', 'ALL ON DEMAND', 'SAVED', 'SAVED ON LARGEST'] as const
const sums = (of: CostSums): string[] => [
  usd(of.spot),
  usd(of.onDemand),
  usd(of.volumes),
  usd(of.total),
  usd(of.allOnDemand),
  usd(of.savedAgainstOnDemand),
  usd(of.savedAgainstLargest),
]

/** The sum is the last row, below a border of its own. */
const table = (by: string, rows: readonly CostRow[], sum: CostSums): string => {
  if (rows.length === 0) return 'No jobs\n'
  const key = by === 'job' || by === 'user' ? by.toUpperCase() : by
  const jobs = rows.reduce((count, row) => count + row.jobs, 0)
  const lines = renderTable(
    [key, 'JOBS', ...COLUMNS],
    [
      ...rows.map((row) => [plainText(row.key) || '(none)', String(row.jobs), ...sums(row)]),
      ['sum', String(jobs), ...sums(sum)],
    ],
  )
    .trimEnd()
    .split('\n')
  return `${lines.toSpliced(-2, 0, lines[0] ?? '').join('\n')}\n`
}

const WIDTH = 100

const jobText = (cost: JobCost): string => {
  const lines: readonly (readonly [string, string])[] = [
    ['job', `${cost.id} ${plainText(cost.name)}`],
    ['cost', formatCost(cost.total)],
    ['', `${usd(cost.spot)} spot, ${usd(cost.onDemand)} on demand, ${usd(cost.volumes)} disks`],
    ['all on demand', against(cost.allOnDemand, cost.savedAgainstOnDemand)],
    ['largest at once', against(cost.largestFromTheStart, cost.savedAgainstLargest)],
    ...hintLines(cost),
  ]
  return lines.map(([name, text]) => `${name.padEnd(16)} ${text}\n`).join('')
}

const hintLines = ({ hint }: JobCost): (readonly [string, string])[] => {
  if (!hint) return [['next time', 'too little was measured to say']]
  return [
    ['next time', hint.flags] as const,
    ...wrapped(hint.reason, WIDTH - 17).map((line) => ['', line] as const),
  ]
}

const against = (otherwise: number, saved: number): string => {
  const percent = otherwise > 0 ? ` (${Math.round((Math.abs(saved) / otherwise) * 100)} %)` : ''
  const word = saved < 0 ? 'cost more by' : 'saved'
  return `${formatCost(otherwise)}: ${word} ${usd(Math.abs(saved))}${percent}`
}
