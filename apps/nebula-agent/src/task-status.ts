import type { EventView, JobView } from '@mmcloud/contract'
import { UserError } from '@mmcloud/contract/user-error'
import { Resource } from './generated/flyteidl/admin/agent.ts'
import { TaskExecution_Phase as Phase, TaskLog_MessageFormat } from './generated/flyteidl/core/execution.ts'
import { NotServedError, refusalOf } from './grpc-status.ts'
import { type Away, LastKnown } from './last-known.ts'
import { type LastWords, lastWordsOf } from './last-words.ts'
import type { OpenCenter } from './open-center.ts'
import { phaseOf } from './phases.ts'
import { ABORTED_TAG, TASK_TAG } from './task-to-job.ts'

/** Of what a failed program said last: flytekit writes much around a traceback. */
const TAIL_BYTES = 32_768

/** What is read besides the job itself, kept until the job changes. */
type Story = {
  readonly asOf: string
  readonly lastSeq: number
  readonly sentence: string
  /** Where it is, or was last. */
  readonly instanceType: string
  readonly workingHost: string
  /** As `custom_info` tells them. */
  readonly migrations: readonly Readonly<Record<string, unknown>>[]
  readonly lastWords: LastWords
}

/** What the engine was told of a task, and what it was told from. */
type Known = { readonly resource: Resource; readonly story?: Story }

const NOTHING: LastWords = { text: '', recoverable: false }

export type StatusOptions = {
  readonly retryable: boolean
  /** Of the OpCenter, where others reach it; else where the agent does. */
  readonly linkOrigin?: string
  readonly now: () => number
  readonly log: (job: string, error: unknown) => void
}

/** How the tasks are, as the engine asks it again and again. */
export class TaskStatus {
  readonly #options: StatusOptions
  readonly #lastKnown: LastKnown<Known>

  constructor(options: StatusOptions) {
    this.#options = options
    this.#lastKnown = new LastKnown(options.now, options.log)
  }

  /** What `center` says of it, or what was last seen where that does not answer. Throws for what is no task of the engine's. */
  async of(job: string, center: OpenCenter): Promise<Resource> {
    const { resource } = await this.#lastKnown.answer(job, {
      ask: (before) => this.#ask(job, center, before?.story),
      away: ({ resource: seen, story }, why) => ({
        resource: { ...seen, message: `${awaySentence(why)}; before: ${seen.message}` },
        ...(story ? { story } : {}),
      }),
      unknown: (why) => ({ resource: this.#resource(job, center, Phase.RUNNING, awaySentence(why), {}) }),
    })
    return resource
  }

  /** It has just been made, so that this is known of it though nothing can be asked. */
  created(job: string, center: OpenCenter): void {
    if (!this.#lastKnown.has(job)) this.#tell(job, center, Phase.QUEUED, 'submitted')
  }

  /** The engine has ended it. */
  aborted(job: string, center: OpenCenter): void {
    this.#tell(job, center, Phase.ABORTED, 'its end was asked for')
  }

  #tell(job: string, center: OpenCenter, phase: Phase, sentence: string): void {
    const message = `job ${job}: ${sentence}`
    this.#lastKnown.learn(job, { resource: this.#resource(job, center, phase, message, { job_id: job }) })
  }

  /** Throws `NotServedError` for a job that is none of the engine's: whoever reaches the agent's port reaches no others. */
  async refuseOthers(job: string, center: OpenCenter): Promise<void> {
    if (this.#lastKnown.has(job)) return
    refuseOthersJob(await center.call('job', { params: { id: job } }))
  }

  async #ask(id: string, center: OpenCenter, before: Story | undefined): Promise<Known> {
    const job = await center.call('job', { params: { id } })
    refuseOthersJob(job)
    const progress = {
      status: job.status,
      rc: job.rc,
      aborted: job.customTags[ABORTED_TAG] !== undefined,
    }
    const sofar = phaseOf(progress, this.#options.retryable)
    const failed = sofar === Phase.FAILED || sofar === Phase.RETRYABLE_FAILED
    const asOf = `${job.status} ${job.attempt} ${job.lastUpdate}`
    const story = before?.asOf === asOf ? before : await readStory(job, asOf, before, center, failed)
    const phase = phaseOf({ ...progress, recoverable: story.lastWords.recoverable }, this.#options.retryable)
    const resource = this.#resource(id, center, phase, messageOf(job, story), {
      job_id: id,
      status: job.status,
      ...(job.rc === undefined ? {} : { exit_code: Number(job.rc) }),
      instance_type: story.instanceType,
      working_host: story.workingHost,
      cost: job.cost,
      migrations: story.migrations,
    })
    return { resource, story }
  }

  #resource(
    job: string,
    center: OpenCenter,
    phase: Phase,
    message: string,
    customInfo: Readonly<Record<string, unknown>>,
  ): Resource {
    const origin = this.#options.linkOrigin ?? center.origin()
    const link = (name: string, path: string) => ({
      name,
      uri: `${origin}/jobs/${job}${path}`,
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
}

const refuseOthersJob = (job: JobView): void => {
  if (job.customTags[TASK_TAG] === undefined)
    throw new NotServedError(`job ${job.id} is no task of an engine`)
}

const readStory = async (
  job: JobView,
  asOf: string,
  before: Story | undefined,
  center: OpenCenter,
  failed: boolean,
): Promise<Story> => {
  const { id } = job
  const after = before?.lastSeq ?? 0
  const { events } = await center.call('events', { params: { id }, query: { after } })
  const moved = job.checkpoints > 0 || events.some(({ to }) => to === 'Floating')
  const [migrations, place, lastWords] = await Promise.all([
    moved ? migrationsOf(id, center) : (before?.migrations ?? []),
    placeOf(job, before, center),
    failed ? readLastWords(id, center) : NOTHING,
  ])
  const last: EventView | undefined = events.findLast(({ reason }) => reason !== 'nextTime')
  return {
    asOf,
    lastSeq: events.at(-1)?.seq ?? after,
    sentence: last?.sentence ?? before?.sentence ?? '',
    ...place,
    migrations,
    lastWords,
  }
}

const migrationsOf = async (id: string, center: OpenCenter): Promise<Story['migrations']> => {
  const { migrations } = await center.call('migrations', { params: { id } })
  return migrations.map(({ trigger, reason, from, to, standStillMs, cost, outcome }) => ({
    trigger,
    reason,
    from,
    to,
    stand_still_ms: standStillMs,
    cost_usd: cost,
    outcome,
  }))
}

/** A job that has ended is nowhere; the engine keeps what it hears last. */
const placeOf = async (
  job: JobView,
  before: Story | undefined,
  center: OpenCenter,
): Promise<Pick<Story, 'instanceType' | 'workingHost'>> => {
  if (job.workingHost !== '') return { instanceType: job.instanceType, workingHost: job.workingHost }
  if (before?.workingHost) return { instanceType: before.instanceType, workingHost: before.workingHost }
  if (!isEnded(job)) return { instanceType: '', workingHost: '' }
  const { instances } = await center.call('instances', { params: { id: job.id } })
  const last = instances.at(-1)
  return { instanceType: last?.instanceType ?? '', workingHost: last?.instance ?? '' }
}

const isEnded = ({ endTime }: JobView): boolean => endTime !== undefined

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

/** What happened last, where it is and what it has cost; of a failed one what it said itself. */
const messageOf = (job: JobView, { sentence, lastWords }: Story): string => {
  const where = job.workingHost === '' ? '' : `, on ${job.workingHost}`
  const head = `job ${job.id} is ${job.status}${where}, ${job.cost}: ${sentence}`
  return lastWords.text === '' ? head : `${head}\n${lastWords.text}`
}

const awaySentence = ({ forMs, error }: Away): string =>
  `nothing was learned from the OpCenter for ${Math.round(forMs / 1000)} s (${refusalOf(error).details}); its jobs go on meanwhile`
