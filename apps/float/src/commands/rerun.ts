import { type Command, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { acknowledge } from './actions.ts'
import { jobId } from './job-id.ts'
import { jobRequest, REQUEST_FLAGS } from './job-request.ts'

/** With flags of `submit` the same configuration, changed. */
export const rerun: Command = {
  name: 'rerun',
  aliases: ['requeue', 'resubmit'],
  summary: 'Run an ended job again from scratch, as a new attempt; with flags of submit: changed',
  usage: 'rerun -j ID [FLAGS OF SUBMIT]',
  flags: [JOB_FLAG, ...REQUEST_FLAGS, FORCE_FLAG],
  examples: ['float rerun -j ID', 'float rerun -j ID --cpu 4 --mem 16:64 -e LEVEL=5'],
  run: async (context) => {
    const params = { id: jobId(context) }
    const body = jobRequest(context.args, context.world)
    const { client } = await context.connect()
    const job = await client.call('rerunJob', { params, body })
    acknowledge(context, job, 'Rerun request has been submitted')
    return EXIT.ok
  },
}
