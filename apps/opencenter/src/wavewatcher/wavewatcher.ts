import { hasEnded, type InstanceId, type JobId, type Sample } from '@mmcloud/domain'
import type { Log, Records, Usage } from '@mmcloud/engine'
import type { Samples } from '@mmcloud/store'
import { UsageWindows } from './usage-windows.ts'

/** Samples stay so long after the end of their job. */
const KEPT_AFTER_END_MS = 30 * 24 * 3_600_000
const FORGET_EVERY_MS = 3_600_000
const HOUR_MS = 3_600_000

/** Takes in what workers measure: at hand for the planner and for whoever watches live, and kept for later. */
export class WaveWatcher {
  readonly #samples: Samples
  readonly #records: Records
  readonly #log: Log
  readonly #windows = new UsageWindows()
  readonly #watchers = new Map<JobId, Set<(samples: readonly Sample[]) => void>>()
  readonly #forgetting: NodeJS.Timeout
  /** How many samples have come since the start. */
  taken = 0

  constructor(samples: Samples, records: Records, log: Log) {
    this.#samples = samples
    this.#records = records
    this.#log = log
    this.#forgetting = setInterval(() => void this.#forgetOld(), FORGET_EVERY_MS)
    this.#forgetting.unref()
  }

  get usage(): Usage {
    return this.#windows
  }

  newest(): ReturnType<UsageWindows['newest']> {
    return this.#windows.newest()
  }

  /** The worker of an instance has called: what its job used there before this OpCenter was started is taken up again. */
  async open(job: JobId, instance: InstanceId, upSince: number): Promise<void> {
    const from = Math.max(upSince, Date.now() - HOUR_MS)
    const before = await this.#samples.raw(job, from).catch((error: unknown) => {
      this.#log.warn({ job, err: error }, 'what the job used before could not be read')
      return []
    })
    this.#windows.open(job, instance, upSince, before)
  }

  /** Resolves when they are kept; at hand they are at once. */
  async take(job: JobId, instance: InstanceId, samples: readonly Sample[]): Promise<void> {
    this.taken += samples.length
    this.#windows.add(job, instance, samples)
    for (const watcher of this.#watchers.get(job) ?? []) watcher(samples)
    await this.#samples.add(job, samples)
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
  }

  async #forgetOld(): Promise<void> {
    try {
      const before = Date.now() - KEPT_AFTER_END_MS
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
