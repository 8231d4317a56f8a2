import type { InstanceId, Job, JobId, Sample, SizeHint } from '@mmcloud/domain'
import type { Usage } from './usage.ts'

/** Usage that a test says: a function of time for each job, measured each second on the instance it is on. */
export class FakeUsage implements Usage {
  readonly #now: () => number
  readonly #since = new Map<string, number>()
  readonly #loads = new Map<JobId, (at: number, instance: InstanceId) => Sample | undefined>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** From now on the job uses this: a sample for each second, or nothing where the program did not run. */
  load(job: JobId, measure: (at: number, instance: InstanceId) => Sample | undefined): void {
    this.#loads.set(job, measure)
  }

  /** What is said at the end of every job. */
  hint: SizeHint | undefined

  async sizeHint(_job: Job): Promise<SizeHint | undefined> {
    return this.hint
  }

  recent(job: JobId, instance: InstanceId): readonly Sample[] {
    const measure = this.#loads.get(job)
    if (!measure) return []
    const key = `${job} ${instance}`
    const now = this.#now()
    // A clock that was set back begins a new window.
    const since = Math.min(this.#since.get(key) ?? now, now)
    this.#since.set(key, since)
    const seconds = Math.min(3600, Math.floor((now - since) / 1000))
    return Array.from({ length: seconds }, (_, n) => now - (seconds - 1 - n) * 1000).flatMap(
      (at) => measure(at, instance) ?? [],
    )
  }
}
