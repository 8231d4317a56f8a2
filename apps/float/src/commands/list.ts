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
  ],
  examples: [
    'float list',
    'float list -f user=admin -f "status=Executing or status=Starting"',
    'float list -F json',
  ],
  run: async (context) => {
    const query = { filter: [...context.args.values('filter')] }
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
