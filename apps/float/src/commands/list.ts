import { UsageError } from '../arguments.ts'
import type { Command } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'

const HEADER = ['ID', 'NAME', 'WORKING HOST', 'USER', 'STATUS', 'SUBMIT TIME', 'DURATION', 'COST']

/** A table asks for its columns only, JSON for whole jobs. */
export const list: Command = {
  name: 'list',
  aliases: ['ls', 'squeue'],
  summary: 'List jobs, newest first',
  usage: 'list [-f FILTER]…',
  flags: [
    { long: 'filter', short: 'f', value: 'FIELD=VALUE', summary: 'repeated = and; "A=x or A=y" inside one' },
    { long: 'limit', short: 'n', value: 'N', summary: 'only the newest so many' },
  ],
  examples: [
    'float list',
    'float list -f user=admin -f "status=Executing or status=Starting"',
    'float list -n 20 -F json',
  ],
  run: async (context) => {
    const limit = readLimit(context.args.value('limit'))
    const query = { filter: [...context.args.values('filter')], ...(limit ? { limit } : {}) }
    const { client } = await context.connect()
    const jobs =
      context.format === 'json'
        ? (await client.call('jobPages', { query })).Jobs
        : (await client.call('jobSummaries', { query })).jobs
    printList(
      context,
      jobs,
      HEADER,
      (job) => [
        job.id,
        job.name,
        job.workingHost,
        job.user,
        job.status,
        job.submitTime,
        job.duration,
        job.cost,
      ],
      'No jobs',
    )
    return EXIT.ok
  },
}

const readLimit = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError(`--limit: "${text}" is not a whole number above 0`)
  return Number(text)
}
