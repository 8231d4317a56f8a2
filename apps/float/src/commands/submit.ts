import { randomUUID } from 'node:crypto'
import { BrokenOffError, type Client } from '@mmcloud/client'
import { readSubmission } from '@mmcloud/contract/grammar/submission'
import type { JobView, SubmitBody } from '@mmcloud/contract'
import { IDEMPOTENCY_KEY_HEADER } from '@mmcloud/contract/rest/idempotency'
import { type Command, type Context, type Flag, FORCE_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { offersText, printOffers } from '../render/offers.ts'
import { renderJob } from '../render/job.ts'
import { patiently } from '../session/patiently.ts'
import type { World } from '../world.ts'
import { confirmed } from './job-id.ts'
import { jobScript } from './job-script.ts'
import { jobRequest, REQUEST_FLAGS } from './job-request.ts'

const FLAGS: readonly Flag[] = [
  {
    long: 'job',
    short: 'j',
    value: 'FILE',
    summary: "script to run, its first line says by what (#!…); without it the image's own entrypoint",
  },
  ...REQUEST_FLAGS,
  { long: 'template', value: '[private::]NAME[:TAG]', summary: 'a saved configuration under these flags' },
  {
    long: 'overwriteTemplate',
    value: '*|[FLAG,…]',
    summary: 'which flags may differ from the template (*: all, as without this)',
  },
  {
    long: 'dry-run',
    summary: 'make nothing: show which instance it would get, at what price, and why no other',
  },
  FORCE_FLAG,
]

/** Reads and uploads the script at once: callers delete the file right after. */
export const submit: Command = {
  name: 'submit',
  aliases: ['sbatch'],
  summary: 'Run a containerised program as a job',
  usage: 'submit -i IMAGE [-j SCRIPT] [FLAGS]',
  flags: FLAGS,
  examples: [
    'float submit -i python -j train.sh -c 2 -m 4',
    'float submit -i python -j train.sh -t m5.large --vmPolicy [spotOnly=true,priceLimit=0.1]',
    'float submit -i python -j train.sh -c 2 -m 4 --allowList [m5*,r5*] --dry-run',
    'float submit -i python -j load.py -c 1:8 -m 2:32 -M [enable=true,stepAuto=true]',
    'float submit --template nightly --cpu 8',
    'float submit -i python -j serve.sh --publish 8888:8888 --dataVolume [size=10]:/data -e LEVEL=3',
  ],
  run: async (context) => {
    const { args, world, format } = context
    const body = await submitBody(context)
    if (!body.template) readSubmission(body)
    const { client } = await context.connect()
    if (args.isSet('dry-run')) {
      printOffers(context, await client.call('weighOffers', { body }))
      return EXIT.ok
    }
    if (world.ask && !args.isSet('force')) {
      world.err(offersText(await client.call('weighOffers', { body })))
      if (!(await confirmed(context, 'Submit this job?'))) return EXIT.failed
    }
    world.out(renderJob(await submitOnce(world, client, body), undefined, format))
    return EXIT.ok
  },
}

/** Under one key: an answer that was lost on the way is asked for again, and no second job is made. */
const submitOnce = async (world: World, client: Client, body: SubmitBody): Promise<JobView> => {
  const headers = { [IDEMPOTENCY_KEY_HEADER]: randomUUID() }
  const ask = (): Promise<JobView> => client.call('submitJob', { body, headers })
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof BrokenOffError)) throw error
    return patiently(world, ask)
  }
}

const submitBody = async ({ args, world }: Context): Promise<SubmitBody> => ({
  ...jobRequest(args, world),
  jobContent: await jobScript(args.value('job'), world),
  template: args.value('template'),
  overwriteTemplate: args.value('overwriteTemplate'),
})
