import { hasEnded, type InstanceId, type Job, type JobId, type Sample, type SizeHint } from '@mmcloud/domain'
import type { Clock, Log, Records, Usage } from '@mmcloud/engine'
import type { Samples } from '@mmcloud/store'
import { hintFor } from './size-hint.ts'
import { UsageWindows } from './usage-windows.ts'

/** Samples stay so long after the end of their job. */
const KEPT_AFTER_END_MS = 30 * 24 * 3_600_000
const FORGET_EVERY_MS = 3_600_000
const HOUR_MS = 3_600_000

/** Samples that could not be written are tried again: the disk may have room again, say. */
const RETRY_MS = 10_000

export type WaveWatcherDeps = {
  readonly samples: Samples
  readonly records: Records
  readonly clock: Clock
  readonly log: Log
}

/** Takes in what workers measure: at hand for the planner and for whoever watches live, and kept for later. */
export class WaveWatcher implements Usage {
  readonly #samples: Samples
  readonly #records: Records
  readonly #log: Log
  readonly #windows = new UsageWindows()
  readonly #watchers = new Map<JobId, Set<(samples: readonly Sample[]) => void>>()
  readonly #forgetting: NodeJS.Timeout
  readonly #closing = new AbortController()
  readonly #clock: Clock
  #taken = 0

  constructor({ samples, records, clock, log }: WaveWatcherDeps) {
    this.#samples = samples
    this.#records = records
    this.#clock = clock
    this.#log = log
    this.#forgetting = setInterval(() => void this.forgetOld(), FORGET_EVERY_MS)
    this.#forgetting.unref()
  }

  recent(job: JobId, instance: InstanceId): readonly Sample[] {
    return this.#windows.recent(job, instance)
  }

  sizeHint(job: Job): Promise<SizeHint | undefined> {
    return hintFor(this.#samples, job, this.#clock.now())
  }

  /** How many samples have come since the start. */
  get taken(): number {
    return this.#taken
  }

  newest(): ReturnType<UsageWindows['newest']> {
    return this.#windows.newest()
  }

  /**
   * From the worker of an instance that is up since then. At hand they are at once; resolves when they are durable, however
   * often that has to be tried.
   */
  async take(job: JobId, instance: InstanceId, upSince: number, samples: readonly Sample[]): Promise<void> {
    this.#taken += samples.length
    const begins = this.#windows.begin(job, instance, upSince)
    this.#windows.add(job, instance, samples)
    if (begins) void this.#recall(job, instance, upSince)
    for (const watcher of this.#watchers.get(job) ?? []) watcher(samples)
    await this.#keep(job, samples)
  }

  /** Calls with what comes from now on, until the answer is called. */
  watch(job: JobId, watcher: (samples: readonly Sample[]) => void): () => void {
    const watchers = this.#watchers.get(job) ?? new Set()
    this.#watchers.set(job, watchers.add(watcher))
    return () => {
      watchers.delete(watcher)
      if (watchers.size === 0) this.#watchers.delete(job)
    }
  }

  close(): void {
    clearInterval(this.#forgetting)
    this.#closing.abort(new Error('the OpCenter stops'))
  }

  /** What the job used on that instance before this OpCenter was started. */
  async #recall(job: JobId, instance: InstanceId, upSince: number): Promise<void> {
    try {
      const from = Math.max(upSince, this.#clock.now() - HOUR_MS)
      this.#windows.prepend(job, instance, await this.#samples.raw(job, from))
    } catch (error) {
      this.#log.warn({ job, err: error }, 'what the job used before could not be read')
    }
  }

  async #keep(job: JobId, samples: readonly Sample[]): Promise<void> {
    for (;;) {
      try {
        return await this.#samples.add(job, samples)
      } catch (error) {
        this.#closing.signal.throwIfAborted()
        this.#log.error({ job, err: error }, 'samples could not be kept; the worker keeps them meanwhile')
      }
      await this.#clock.sleep(RETRY_MS, this.#closing.signal)
    }
  }

  /** Done by itself every hour. */
  async forgetOld(): Promise<void> {
    try {
      const before = this.#clock.now() - KEPT_AFTER_END_MS
      for (const id of await this.#samples.jobs()) {
        const job = await this.#records.read((view) => view.job(id))
        if (job && !hasEnded(job.status)) continue
        this.#windows.close(id)
        if (!job || (job.endedAt ?? 0) < before) await this.#samples.forget(id)
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'old samples could not be removed; tried again in an hour')
    }
  }
}
