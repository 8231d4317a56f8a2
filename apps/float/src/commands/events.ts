import type { EventView } from '@mmcloud/contract'
import { hasEnded } from '@mmcloud/domain'
import { localSecond } from '@mmcloud/report/local-time'
import { formatSpan } from '@mmcloud/report/measures'
import picocolors from 'picocolors'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { type Plain, renderYamlList } from '../render/yaml.ts'
import { jobId } from './job-id.ts'
import { newEvents } from './patience.ts'

/** A timeline: when, how long after the submit, in which status, and why. */
export const events: Command = {
  name: 'events',
  aliases: [],
  summary: "Tell a job's history, each change with its reason and numbers",
  usage: 'events -j ID [--follow]',
  flags: [JOB_FLAG, { long: 'follow', summary: 'go on until the job has ended' }],
  examples: ['float events -j ID', 'float events -j ID --follow', 'float events -j ID -F json'],
  run: async (context) => {
    const id = jobId(context)
    const { client } = await context.connect()
    if (context.args.isSet('follow')) return follow(context, id)
    const { events: all } = await client.call('events', { params: { id } })
    const { world, format } = context
    if (format === 'json') world.out(`${JSON.stringify(all, null, 2)}\n`)
    else if (format === 'yaml') world.out(renderYamlList(all as readonly Plain[]))
    else if (all.length === 0) world.out('No events\n')
    else world.out(all.map((event) => timelineLine(context, event, all[0]?.at ?? event.at)).join(''))
    return EXIT.ok
  },
}

const follow = async (context: Context, id: string): Promise<number> => {
  const { client } = await context.connect()
  let start: string | undefined
  for await (const event of newEvents(context.world, client, id, 0)) {
    start ??= event.at
    const text =
      context.format === 'json' ? `${JSON.stringify(event)}\n` : timelineLine(context, event, start)
    context.world.out(text)
    if (hasEnded(event.to)) return EXIT.ok
  }
  return EXIT.ok
}

/** The time as at the clock of who reads it: `05:30:01  +1.204s  ▸ Executing   the program runs: …`; a dot where only something worth telling happened. */
const timelineLine = ({ world }: Context, event: EventView, start: string): string => {
  const colours = picocolors.createColors(world.colours)
  const since = `+${formatSpan(Date.parse(event.at) - Date.parse(start))}`.padStart(9)
  const changed = event.from !== event.to || event.seq === 1
  const mark = changed ? '▸' : '·'
  const status = (changed ? event.to : '').padEnd(16)
  return `${colours.dim(localSecond(Date.parse(event.at)))} ${since}  ${mark} ${colours.bold(status)} ${event.sentence}\n`
}
