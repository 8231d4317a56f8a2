import { formatDuration, parseDuration } from '@mmcloud/contract/grammar/duration'
import { type Command, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { acknowledge } from './actions.ts'
import { jobId } from './job-id.ts'

export const drill: Command = {
  name: 'drill',
  aliases: [],
  summary: "Have the cloud take a job's instance back, to see the job survive it",
  usage: 'drill -j ID [--notice DURATION]',
  flags: [
    JOB_FLAG,
    { long: 'notice', value: 'DURATION', summary: 'time until it is taken; 0s = it dies at once (120s)' },
  ],
  examples: ['float drill -j ID', 'float drill -j ID --notice 30s', 'float drill -j ID --notice 0s'],
  run: async (context) => {
    const id = jobId(context)
    const notice = context.args.value('notice')
    const seconds = notice === undefined ? undefined : parseDuration(notice, '--notice')
    const { client } = await context.connect()
    const job = await client.call('drillJob', {
      params: { id },
      body: notice === undefined ? {} : { notice },
    })
    const when = seconds === 0 ? 'at once' : seconds === undefined ? 'soon' : `in ${formatDuration(seconds)}`
    acknowledge(context, job, `The cloud takes its instance back ${when}; watch: float events -j ${id}`)
    return EXIT.ok
  },
}
