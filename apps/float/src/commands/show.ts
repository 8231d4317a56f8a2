import { type Command, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { renderJob } from '../render/job.ts'
import { jobId } from './job-id.ts'

/** Enough to see what happened last; `float events` has them all. */
const LAST_EVENTS = 5

export const show: Command = {
  name: 'show',
  aliases: [],
  summary: 'Show a job and what happened to it last',
  usage: 'show -j ID',
  flags: [JOB_FLAG],
  examples: ['float show -j ID', 'float show -j ID -F json'],
  run: async (context) => {
    const params = { id: jobId(context) }
    const { client } = await context.connect()
    const [job, { events }] = await Promise.all([
      client.call('job', { params }),
      client.call('events', { params }),
    ])
    const sentences = events
      .slice(-LAST_EVENTS)
      .map((event) => `${event.at.slice(11, 19)}Z ${event.sentence}`)
    context.world.out(renderJob(job, sentences, context.format))
    return EXIT.ok
  },
}
