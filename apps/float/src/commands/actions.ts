import type { Client } from '@mmcloud/client'
import type { JobView } from '@mmcloud/contract'
import type { Reason } from '@mmcloud/domain'
import { type Command, type Context, FORCE_FLAG, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { renderJob } from '../render/job.ts'
import { confirmed, jobId } from './job-id.ts'
import { askOnce } from './patience.ts'

type Action = 'cancelJob' | 'suspendJob' | 'resumeJob' | 'snapshotJob'

/** The wishes that need nothing but the job: each is recorded and answered at once, and carried out after. */
export const cancel = action({
  name: 'cancel',
  aliases: ['scancel'],
  summary: 'Cancel a job; an ended one is left as it is',
  route: 'cancelJob',
  done: 'Cancel request has been submitted',
  question: 'Cancel this job for good?',
})
export const suspend = action({
  name: 'suspend',
  aliases: ['hibernate'],
  summary: 'Save a job with all its memory and give its instance back',
  route: 'suspendJob',
  once: 'suspendAsked',
  done: 'Suspend request has been submitted',
  question: 'Suspend this job?',
})
export const resume = action({
  name: 'resume',
  aliases: ['recover', 'restore'],
  summary: 'Go on with a suspended job from where it was',
  route: 'resumeJob',
  done: 'Resume request has been submitted',
})
export const snapshot = action({
  name: 'snapshot',
  aliases: [],
  summary: 'Take a checkpoint of a job now and run on',
  route: 'snapshotJob',
  once: 'snapshotAsked',
  done: 'Snapshot request has been submitted',
})
function action(what: {
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly route: Action
  readonly done: string
  readonly question?: string
  /** For what a job may ask of itself: what its history says of it, so that it happens once even if the answer is lost. */
  readonly once?: Reason
}): Command {
  return {
    name: what.name,
    aliases: what.aliases,
    summary: what.summary,
    usage: `${what.name} -j ID`,
    flags: [JOB_FLAG, FORCE_FLAG],
    examples: [`float ${what.name} -j ID`],
    run: async (context) => {
      const id = jobId(context)
      if (what.question && !(await confirmed(context, what.question))) return EXIT.failed
      const ask = (client: Client): Promise<JobView> => client.call(what.route, { params: { id } })
      const job = what.once
        ? (await askOnce(context, id, what.once, ask)).job
        : await ask((await context.connect()).client)
      acknowledge(context, job, what.done)
      return EXIT.ok
    },
  }
}

/** The sentence, or the job as it is now where a program asked. */
export const acknowledge = (context: Context, job: JobView, sentence: string): void => {
  const { format, world } = context
  world.out(format === undefined || format === 'table' ? `${sentence}\n` : renderJob(job, undefined, format))
}
