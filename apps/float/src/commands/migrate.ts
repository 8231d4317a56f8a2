import type { EventView, MigrateBody } from '@mmcloud/contract'
import { parseRange } from '@mmcloud/contract/grammar/range'
import { hasEnded, type Reason } from '@mmcloud/domain'
import { type Arguments, UsageError } from '../arguments.ts'
import { type Command, type Context, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { acknowledge } from './actions.ts'
import { patiently } from '../session/patiently.ts'
import { confirmed, jobId } from './job-id.ts'
import { askOnce, newEvents } from './patience.ts'

/** Called from inside the job too: with `--sync` it is frozen and goes on with it, asking anew on the other side. */
export const migrate: Command = {
  name: 'migrate',
  aliases: [],
  summary: 'Move a job with all its memory to another instance; inside a job without -j: itself',
  usage: 'migrate -j ID [-t TYPE | -c CPU -m MEM] [--sync]',
  flags: [
    JOB_FLAG,
    { long: 'instType', short: 't', value: 'TYPE', summary: 'to exactly this type' },
    { long: 'cpu', short: 'c', value: 'MIN[:MAX]', summary: 'to a size: virtual CPUs' },
    { long: 'mem', short: 'm', value: 'MIN[:MAX]', summary: 'to a size: memory in GiB' },
    { long: 'sync', summary: 'wait until it runs again' },
    FORCE_FLAG,
  ],
  examples: [
    'float migrate -j ID -t m5.xlarge --sync',
    'float migrate -f -j ID -c 4 -m 16',
    'float migrate --sync -f -m 32',
  ],
  run: async (context) => {
    const id = jobId(context)
    const body = target(context.args)
    if (!(await confirmed(context, 'Move this job?'))) return EXIT.failed
    const { job, after } = await askOnce(context, id, 'migrateAsked', (client, known) =>
      client.call('migrateJob', { params: { id }, body: { ...body, after: known } }),
    )
    if (context.args.isSet('sync')) return untilItRuns(context, id, after)
    acknowledge(context, job, 'Migrate request has been submitted')
    return EXIT.ok
  },
}

const target = (args: Arguments): MigrateBody => {
  const [instType, cpu, mem] = [args.value('instType'), args.value('cpu'), args.value('mem')]
  if (instType && (cpu || mem)) throw new UsageError('either -t TYPE or a size with -c and -m, not both')
  if (cpu) parseRange(cpu, '--cpu')
  if (mem) parseRange(mem, '--mem')
  return { ...(instType ? { instType } : {}), ...(cpu ? { cpu } : {}), ...(mem ? { mem } : {}) }
}

const untilItRuns = async (context: Context, id: string, after: number): Promise<number> => {
  const { client } = await context.connect()
  for await (const event of newEvents(context.world, client, id, after)) {
    const code = outcome(event)
    if (code === undefined) continue
    if (code !== EXIT.ok) throw new Error(event.sentence)
    const job = await patiently(context.world, () => client.call('job', { params: { id } }))
    acknowledge(context, job, `The job ${event.sentence}; it is on ${job.workingHost || 'no instance now'}`)
    return code
  }
  return EXIT.failed
}

/** It stayed where it was, or what runs again is not what was moved. */
const NOT_MOVED: ReadonlySet<string> = new Set<Reason>(['captureFailed', 'migrationUndone', 'startedOver'])

/** What an event says about the move; nothing while it is under way. */
const outcome = (event: EventView): number | undefined => {
  if (event.reason === 'restored' || event.to === 'Completed') return EXIT.ok
  const failed = NOT_MOVED.has(event.reason) || event.to === 'Suspended' || hasEnded(event.to)
  return failed ? EXIT.failed : undefined
}
