import type { EventView, JobView, Migration } from '@mmcloud/contract'
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
  readonly #center: OpenCenter
  readonly #retryable: boolean
  readonly #stories = new Map<string, Story>()
  readonly #lastKnown: LastKnown<Resource>

  constructor(center: OpenCenter, options: { readonly retryable: boolean; readonly now: () => number }) {
    this.#center = center
    this.#retryable = options.retryable
    this.#lastKnown = new LastKnown(options.now)
  }

  of(job: string): Promise<Resource> {
    return this.#lastKnown.answer(job, () => this.#ask(job), {
      away: (seen, why) => ({ ...seen, message: `${awaySentence(why)}; before: ${seen.message}` }),
      unknown: (why) => this.#resource(job, Phase.RUNNING, awaySentence(why), {}),
    })
  }

  /** What was read of a task that the engine has done with. */
  forget(job: string): void {
    this.#stories.delete(job)
    this.#lastKnown.forget(job)
  }

  async #ask(id: string): Promise<Resource> {
    const job = await this.#center.call('job', { params: { id } })
    const progress = {
      status: job.status,
      rc: job.rc,
      aborted: job.customTags[ABORTED_TAG] !== undefined,
    }
    const sofar = phaseOf(progress, this.#retryable)
    const story = await this.#story(job, isFinal(sofar) && sofar !== Phase.SUCCEEDED)
    const phase = phaseOf({ ...progress, recoverable: story.lastWords.recoverable }, this.#retryable)
    // An engine asks seldom again, and sends a Delete only for what it aborts.
    if (isFinal(phase)) this.#stories.delete(id)
    return this.#resource(id, phase, messageOf(job, story), {
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

  async #story(job: JobView, endedBadly: boolean): Promise<Story> {
    const { id } = job
    const asOf = `${job.status} ${job.attempt} ${job.lastUpdate}`
    const before = this.#stories.get(id)
    if (before?.asOf === asOf) return before
    const after = before?.lastSeq ?? 0
    const { events } = await this.#center.call('events', { params: { id }, query: { after } })
    const moved = job.checkpoints > 0 || events.some(({ to }) => to === 'Floating')
    const [migrations, lastWords] = await Promise.all([
      moved ? this.#migrations(id) : (before?.migrations ?? []),
      endedBadly ? this.#lastWords(id) : NOTHING,
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

  async #migrations(id: string): Promise<readonly Migration[]> {
    return (await this.#center.call('migrations', { params: { id } })).migrations
  }

  async #lastWords(id: string): Promise<LastWords> {
    const [stdout, stderr] = await Promise.all([
      this.#tail(id, 'stdout.autosave'),
      this.#tail(id, 'stderr.autosave'),
    ])
    return lastWordsOf(stdout, stderr)
  }

  /** Nothing where there is none: a job that never began has no log. */
  async #tail(id: string, file: string): Promise<string> {
    try {
      const { bytes, size } = await this.#center.readLog(id, file, 0)
      if (bytes.length === size) return new TextDecoder().decode(bytes.subarray(-TAIL_BYTES))
      const tail = await this.#center.readLog(id, file, Math.max(0, size - TAIL_BYTES))
      return new TextDecoder().decode(tail.bytes)
    } catch {
      return ''
    }
  }

  #resource(
    job: string,
    phase: Phase,
    message: string,
    customInfo: Readonly<Record<string, unknown>>,
  ): Resource {
    const link = (name: string, path: string) => ({
      name,
      uri: `https://${this.#center.address}/jobs/${job}${path}`,
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

/** What happened last, where it is and what it has cost; of a failed one what it said itself. */
const messageOf = (job: JobView, { sentence, lastWords }: Story): string => {
  const where = job.workingHost === '' ? '' : `, on ${job.workingHost}`
  const head = `job ${job.id} is ${job.status}${where}, ${job.cost}: ${sentence}`
  return lastWords.text === '' ? head : `${head}\n${lastWords.text}`
}

const awaySentence = ({ forMs, error }: Away): string =>
  `nothing was learned from the OpCenter for ${Math.round(forMs / 1000)} s (${refusalOf(error).details}); its jobs go on meanwhile`
