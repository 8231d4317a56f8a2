import type { JobStory } from '@mmcloud/report/job-story'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { type Plain, renderYaml } from '../render/yaml.ts'
import { recentStory, watchJob } from '../top/live.ts'
import { LAST_EVENTS, topView } from '../top/top-view.ts'
import { jobId } from './job-id.ts'

/** Of a snapshot that goes into a file. */
const PLAIN_COLUMNS = 100

export const top: Command = {
  name: 'top',
  aliases: [],
  summary: 'Show what a job uses, live: CPU, memory, swap, disk, network, beside what it has and asked for',
  usage: 'top -j ID [--once]',
  flags: [
    JOB_FLAG,
    { long: 'once', summary: 'print it once and end, as it does where there is no terminal' },
  ],
  examples: ['float top -j ID', 'float top -j ID --once', 'float top -j ID -F json'],
  run: async (context) => {
    const id = jobId(context)
    const { world, format, args } = context
    const { screen } = world
    if (format === 'json' || format === 'yaml') {
      const now = present(await snapshot(context, id))
      world.out(
        format === 'json'
          ? `${JSON.stringify(now, null, 2)}\n`
          : renderYaml(now as { readonly [key: string]: Plain }),
      )
      return EXIT.ok
    }
    const live = screen !== undefined && !args.isSet('once')
    const story = live ? await watchJob(context, id, screen) : await snapshot(context, id)
    const columns = screen?.size().columns ?? PLAIN_COLUMNS
    world.out(`${topView(story, columns, world.colours).join('\n')}\n`)
    return EXIT.ok
  },
}

const snapshot = async (context: Context, id: string): Promise<JobStory> => {
  const { client } = await context.connect()
  return recentStory(client, id, context.world.now())
}

/** For programs: the job, where it is, what it uses. */
const present = ({ job, instances, usage, events, cost }: JobStory): object => {
  const instance = instances.findLast(({ state }) => state !== 'gone')
  return { job, ...(instance ? { instance } : {}), usage, cost, events: events.slice(-LAST_EVENTS) }
}
