import type { EventView, JobView, Migration } from '@mmcloud/contract'
import { UserError } from '@mmcloud/contract/user-error'
import { TaskLog_MessageFormat } from './generated/flyteidl/core/execution.ts'
import { Resource } from './generated/flyteidl/admin/agent.ts'
import { type LastWords, lastWordsOf } from './last-words.ts'
import type { OpenCenter } from './open-center.ts'
import { isFinal, phaseOf } from './phases.ts'
import { refusalOf } from './grpc-status.ts'
import { type Away, LastKnown } from './last-known.ts'
import { TaskExecution_Phase as Phase } from './generated/flyteidl/core/execution.ts'
import { ABORTED_TAG } from './task-to-job.ts'

/** Of what a failed program said last: flytekit writes much around a traceback. */
const TAIL_BYTES = 32_768

/** What is read besides the job itself, kept until the job changes or has ended. */
type Story = {
  readonly asOf: string
  readonly lastSeq: number
  readonly sentence: string
  readonly migrations: readonly Migration[]
  readonly lastWords: LastWords
}

const NOTHING: LastWords = { text: '', recoverable: false }

/** How the tasks are, as the engine asks it again and again. */
export class TaskStatus {
  readonly #retryable: boolean
  readonly #stories = new Map<string, Story>()
  readonly #lastKnown: LastKnown<Resource>

  constructor(options: { readonly retryable: boolean; readonly now: () => number }) {
    this.#retryable = options.retryable
    this.#lastKnown = new LastKnown(options.now)
  }

  /** What `center` says of it, or what was last seen where that does not answer. */
  of(job: string, center: OpenCenter): Promise<Resource> {
    return this.#lastKnown.answer(job, () => this.#ask(job, center), {
      away: (seen, why) => ({ ...seen, message: `${awaySentence(why)}; before: ${seen.message}` }),
      unknown: (why) => resourceOf(job, center, Phase.RUNNING, awaySentence(why), {}),
    })
  }

  /** What was read of a task that the engine has done with. */
  forget(job: string): void {
    this.#stories.delete(job)
    this.#lastKnown.forget(job)
  }

  async #ask(id: string, center: OpenCenter): Promise<Resource> {
    const job = await center.call('job', { params: { id } })
    const progress = {
      status: job.status,
      rc: job.rc,
      aborted: job.customTags[ABORTED_TAG] !== undefined,
    }
    const sofar = phaseOf(progress, this.#retryable)
    const story = await this.#story(job, center, isFinal(sofar) && sofar !== Phase.SUCCEEDED)
    const phase = phaseOf({ ...progress, recoverable: story.lastWords.recoverable }, this.#retryable)
    // An engine asks seldom again, and sends a Delete only for what it aborts.
    if (isFinal(phase)) this.#stories.delete(id)
    return resourceOf(id, center, phase, messageOf(job, story), {
      job_id: id,
      status: job.status,
      ...(job.rc === undefined ? {} : { exit_code: Number(job.rc) }),
      instance_type: job.instanceType,
      working_host: job.workingHost,
      cost: job.cost,
      migrations: story.migrations.map(({ trigger, reason, from, to, standStillMs, cost, outcome }) => ({
        trigger,
        reason,
        from,
        to,
        stand_still_ms: standStillMs,
        cost_usd: cost,
        outcome,
      })),
    })
  }

  async #story(job: JobView, center: OpenCenter, endedBadly: boolean): Promise<Story> {
    const { id } = job
    const asOf = `${job.status} ${job.attempt} ${job.lastUpdate}`
    const before = this.#stories.get(id)
    if (before?.asOf === asOf) return before
    const after = before?.lastSeq ?? 0
    const { events } = await center.call('events', { params: { id }, query: { after } })
    const moved = job.checkpoints > 0 || events.some(({ to }) => to === 'Floating')
    const [migrations, lastWords] = await Promise.all([
      moved ? migrationsOf(id, center) : (before?.migrations ?? []),
      endedBadly ? readLastWords(id, center) : NOTHING,
    ])
    const last: EventView | undefined = events.findLast(({ reason }) => reason !== 'nextTime')
    const story: Story = {
      asOf,
      lastSeq: events.at(-1)?.seq ?? after,
      sentence: last?.sentence ?? before?.sentence ?? '',
      migrations,
      lastWords,
    }
    this.#stories.set(id, story)
    return story
  }
}

const migrationsOf = async (id: string, center: OpenCenter): Promise<readonly Migration[]> =>
  (await center.call('migrations', { params: { id } })).migrations

const readLastWords = async (id: string, center: OpenCenter): Promise<LastWords> => {
  const [stdout, stderr] = await Promise.all([
    tailOf(id, 'stdout.autosave', center),
    tailOf(id, 'stderr.autosave', center),
  ])
  return lastWordsOf(stdout, stderr)
}

/** Nothing where there is none: a job that never began has no log. */
const tailOf = async (id: string, file: string, center: OpenCenter): Promise<string> => {
  try {
    const { bytes } = await center.readLog(id, file, -TAIL_BYTES)
    return new TextDecoder().decode(bytes)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'notFound') return ''
    throw error
  }
}

const resourceOf = (
  job: string,
  { address }: OpenCenter,
  phase: Phase,
  message: string,
  customInfo: Readonly<Record<string, unknown>>,
): Resource => {
  const link = (name: string, path: string) => ({
    name,
    uri: `https://${address}/jobs/${job}${path}`,
    messageFormat: TaskLog_MessageFormat.UNKNOWN,
    ShowWhilePending: true,
  })
  return Resource.fromPartial({
    phase,
    message,
    logLinks: [link('Job', ''), link('Live logs', '/logs'), link('WaveWatcher', '/wavewatcher')],
    customInfo,
  })
}

/** What happened last, where it is and what it has cost; of a failed one what it said itself. */
const messageOf = (job: JobView, { sentence, lastWords }: Story): string => {
  const where = job.workingHost === '' ? '' : `, on ${job.workingHost}`
  const head = `job ${job.id} is ${job.status}${where}, ${job.cost}: ${sentence}`
  return lastWords.text === '' ? head : `${head}\n${lastWords.text}`
}

const awaySentence = ({ forMs, error }: Away): string =>
  `nothing was learned from the OpCenter for ${Math.round(forMs / 1000)} s (${refusalOf(error).details}); its jobs go on meanwhile`
