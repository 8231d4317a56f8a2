import { type Command, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { acknowledge } from './actions.ts'
import { jobId } from './job-id.ts'

export const promote: Command = {
  name: 'promote',
  aliases: [],
  summary: 'Have a job go to an on-demand instance when it next moves',
  usage: 'promote -j ID',
  flags: [JOB_FLAG, FORCE_FLAG],
  examples: ['float promote -j ID', 'float promote -j ID && float migrate -f -j ID   # now'],
  run: async (context) => {
    const params = { id: jobId(context) }
    const { client } = await context.connect()
    const job = await client.call('modifyJob', { params, body: { vmPolicy: '[onDemand=true]' } })
    acknowledge(context, job, 'Promote request has been submitted')
    return EXIT.ok
  },
}
