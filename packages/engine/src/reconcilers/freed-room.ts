import { chooseOffers, type InstanceId, type Job, type JobId } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import type { CloudInstance } from '../ports/provider/provider.ts'
import { needNow } from '../workflows/steps/launch.ts'

/** So long after an instance has gone are waiting jobs tried; then there is no more reason to than before. */
const FRESH_MS = 60_000
/** Between two tries: a thousand that wait shall not all ask the cloud for the room of one. */
const PAUSE_MS = 500

/**
 * Sees that instances have gone since the last look, and names the job that is tried before its wait is over: the oldest
 * that waits for capacity and fits what can be had now, each once for every time that an instance goes. It remembers
 * nothing over a restart: then jobs are tried when their wait is over.
 */
export class FreedRoom {
  readonly #deps: EngineDeps
  #seen: ReadonlySet<InstanceId> = new Set()
  #freedAt = -Infinity
  #triedAt = -Infinity
  readonly #tried = new Set<JobId>()

  constructor(deps: EngineDeps) {
    this.#deps = deps
  }

  /**
   * @param cloud what the provider has now; undefined = it could not be asked.
   * @param jobs newest first, as the records give them.
   */
  async nextFor(
    cloud: readonly CloudInstance[] | undefined,
    jobs: readonly Job[],
    signal: AbortSignal,
  ): Promise<JobId | undefined> {
    const now = this.#deps.clock.now()
    if (cloud) this.#look(cloud, now)
    if (now - this.#freedAt > FRESH_MS || now - this.#triedAt < PAUSE_MS) return undefined
    const waiting = jobs.filter((job) => waitsForCapacity(job, now) && !this.#tried.has(job.id))
    if (waiting.length === 0) return undefined
    try {
      const next = await this.#oldestThatFits(waiting.toReversed(), signal)
      if (!next) return undefined
      this.#triedAt = now
      this.#tried.add(next)
      return next
    } catch (error) {
      signal.throwIfAborted()
      this.#deps.log.warn({ err: error }, 'room came free, but what there is now could not be asked')
      return undefined
    }
  }

  #look(cloud: readonly CloudInstance[], now: number): void {
    const ids = new Set(cloud.map(({ id }) => id))
    if ([...this.#seen].some((id) => !ids.has(id))) {
      this.#freedAt = now
      this.#tried.clear()
    }
    this.#seen = ids
  }

  async #oldestThatFits(waiting: readonly Job[], signal: AbortSignal): Promise<JobId | undefined> {
    const offers = await this.#deps.provider.offers(signal)
    for (const job of waiting) {
      const need = await this.#deps.records.read((view) => needNow(this.#deps, view, job))
      if (chooseOffers(offers, need, job.spec.vmPolicy).length > 0) return job.id
    }
    return undefined
  }
}

const waitsForCapacity = (job: Job, now: number): boolean =>
  job.waitsForCapacity === true &&
  job.workflow === undefined &&
  job.wanted === 'running' &&
  job.residence.kind !== 'running' &&
  job.placeAfter !== undefined &&
  now < job.placeAfter
