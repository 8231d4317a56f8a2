import type { InstanceId, JobId, Sample } from '@mmcloud/domain'
import type { Usage } from '@mmcloud/engine'

/** As far back as any policy looks; beyond it nothing is kept at hand. */
const WINDOW_MS = 3_600_000
/** Samples of one worker that are so much older than the newest are not late: its clock was set back. */
const CLOCK_BACK_MS = 5000

type Window = { readonly instance: InstanceId; readonly since: number; samples: Sample[] }

/** What each running job used lately, on the instance it is on now. */
export class UsageWindows implements Usage {
  readonly #windows = new Map<JobId, Window>()

  /** The worker of an instance that is up since then has called: from here on its samples count. */
  open(job: JobId, instance: InstanceId, since: number, before: readonly Sample[] = []): void {
    if (this.#windows.get(job)?.instance === instance) return
    this.#windows.set(job, { instance, since, samples: [] })
    this.add(job, instance, before)
  }

  /**
   * Each sample in its place; one that is there already changes nothing. What was measured before the instance was up came
   * with the volume, from another. A clock that was set back begins a new window; one that was set forward leaves a hole.
   */
  add(job: JobId, instance: InstanceId, samples: readonly Sample[]): void {
    const window = this.#windows.get(job)
    if (window?.instance !== instance) return
    for (const sample of samples) if (sample.at > window.since) insert(window, sample)
    const oldest = (window.samples.at(-1)?.at ?? 0) - WINDOW_MS
    const kept = window.samples.findIndex(({ at }) => at > oldest)
    if (kept > 0) window.samples = window.samples.slice(kept)
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

const insert = (window: Window, sample: Sample): void => {
  const { samples } = window
  let place = samples.length
  while (place > 0 && samples[place - 1]!.at > sample.at) place -= 1
  if (samples[place - 1]?.at === sample.at) return
  const isLate = place < samples.length
  if (isLate && samples.at(-1)!.at - sample.at > CLOCK_BACK_MS) window.samples = [sample]
  else samples.splice(place, 0, sample)
}
