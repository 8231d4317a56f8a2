import { existsSync } from 'node:fs'
import { removeBundle } from '../container/bundle.ts'
import { destroyContainer } from '../container/runc.ts'
import { shimLives, shimResult } from '../shim/client.ts'
import type { ShimResult } from '../shim/protocol.ts'
import { places } from '../system/places.ts'
import type { JobState } from './job-state.ts'

/** A shim that does not answer for so long is lost. */
const LOST_AFTER_MS = 2000

/** Looks again and again whether the running program has ended. */
export class ProgramWatch {
  #lostSince: number | undefined

  /** Nothing while it runs; else how it ended, and nothing of it is left. */
  async ended(): Promise<Partial<JobState> | undefined> {
    const result = shimResult()
    if (result) {
      await destroyContainer()
      await removeBundle().catch(() => undefined)
      return endedAs(result)
    }
    if (existsSync(places.shimSocket) && (await shimLives())) this.#lostSince = undefined
    else this.#lostSince ??= performance.now()
    if (this.#lostSince === undefined || performance.now() - this.#lostSince < LOST_AFTER_MS) return undefined
    await destroyContainer()
    return { phase: 'failed', error: 'The process that holds the job on the instance was lost' }
  }
}

/** The job's phase after what the shim told at its end. */
export const endedAs = (result: ShimResult): Partial<JobState> =>
  result.outcome === 'failed'
    ? { phase: 'failed', error: result.error ?? 'runc failed' }
    : { phase: 'exited', exitCode: result.exitCode }
