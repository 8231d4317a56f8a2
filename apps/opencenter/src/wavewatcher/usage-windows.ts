import type { InstanceId, JobId, Sample } from '@mmcloud/domain'

/** As far back as any policy looks; beyond it nothing is kept at hand. */
const WINDOW_MS = 3_600_000
/** Samples of one worker that are so much older than the newest are not late: its clock was set back. */
const CLOCK_BACK_MS = 5000

type Window = { readonly instance: InstanceId; readonly since: number; samples: Sample[] }

/** What each running job used lately, on the instance that measured it last. */
export class UsageWindows {
  readonly #windows = new Map<JobId, Window>()

  /**
   * An instance that is up since then measures the job: whoever does has the job's volume. True when it begins to, for all
   * that is known here.
   */
  begin(job: JobId, instance: InstanceId, since: number): boolean {
    if (this.#windows.get(job)?.instance === instance) return false
    this.#windows.set(job, { instance, since, samples: [] })
    return true
  }

  /**
   * Each sample in its place; one that is there already changes nothing. What was measured before the instance was up came
   * with the volume, from another. A clock that was set back begins a new window; one that was set forward leaves a hole.
   */
  add(job: JobId, instance: InstanceId, samples: readonly Sample[]): void {
    const window = this.#windows.get(job)
    if (window?.instance !== instance) return
    for (const sample of samples) if (sample.at > window.since) insert(window, sample)
    forgetOld(window)
  }

  /** What was measured there before the first that is here: known from before a restart of the OpCenter, ascending. */
  prepend(job: JobId, instance: InstanceId, samples: readonly Sample[]): void {
    const window = this.#windows.get(job)
    if (window?.instance !== instance) return
    const first = window.samples[0]?.at ?? Number.POSITIVE_INFINITY
    const before = samples.filter(({ at }) => at > window.since && at < first)
    window.samples = [...before, ...window.samples]
    forgetOld(window)
  }

  recent(job: JobId, instance: InstanceId): readonly Sample[] {
    const window = this.#windows.get(job)
    return window?.instance === instance ? window.samples : []
  }

  /** The newest sample of every job that has one. */
  newest(): readonly { readonly job: JobId; readonly sample: Sample }[] {
    return [...this.#windows].flatMap(([job, { samples }]) => {
      const sample = samples.at(-1)
      return sample ? [{ job, sample }] : []
    })
  }

  close(job: JobId): void {
    this.#windows.delete(job)
  }
}

const forgetOld = (window: Window): void => {
  const oldest = (window.samples.at(-1)?.at ?? 0) - WINDOW_MS
  const kept = window.samples.findIndex(({ at }) => at > oldest)
  if (kept > 0) window.samples.splice(0, kept)
}

const insert = (window: Window, sample: Sample): void => {
  const { samples } = window
  let place = samples.length
  while (place > 0 && samples[place - 1]!.at > sample.at) place -= 1
  if (samples[place - 1]?.at === sample.at) return
  const isLate = place < samples.length
  if (isLate && samples.at(-1)!.at - sample.at > CLOCK_BACK_MS) window.samples = [sample]
  else samples.splice(place, 0, sample)
}
