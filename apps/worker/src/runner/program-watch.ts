import { existsSync } from 'node:fs'
import { removeBundle } from '../container/bundle.ts'
import { destroyContainer } from '../container/runc.ts'
import { shimLives, shimResult } from '../shim/client.ts'
import type { ShimResult } from '../shim/protocol.ts'
import { places } from '../system/places.ts'
import type { JobState } from './job-state.ts'

/** A shim that does not answer for so long is lost. */
const LOST_AFTER_MS = 2000
const MIB = 1024 ** 2

/** Looks again and again whether the running program has ended. */
export class ProgramWatch {
  #lostSince: number | undefined

  /** Nothing while it runs; else how it ended, and nothing of it is left. */
  async ended(limits: JobState['limits']): Promise<Partial<JobState> | undefined> {
    const result = shimResult()
    if (result) {
      await destroyContainer()
      await removeBundle().catch(() => undefined)
      return endedAs(result, limits)
    }
    if (existsSync(places.shimSocket) && (await shimLives())) this.#lostSince = undefined
    else this.#lostSince ??= performance.now()
    if (this.#lostSince === undefined || performance.now() - this.#lostSince < LOST_AFTER_MS) return undefined
    await destroyContainer()
    return { phase: 'failed', error: 'The process that holds the job on the instance was lost' }
  }
}

/** The job's phase after what the shim told at its end, of a program that had these limits. */
export const endedAs = (result: ShimResult, limits: JobState['limits']): Partial<JobState> => {
  if (result.outcome === 'failed') return { phase: 'failed', error: result.error ?? 'runc failed' }
  // Only a complete checkpoint is followed by an end of ours.
  if (result.outcome === 'ended') return { phase: 'saved' }
  const { exitCode } = result
  const outOfMemoryMiB =
    result.outOfMemory && limits ? { outOfMemoryMiB: Math.floor(limits.memory / MIB) } : {}
  return { phase: 'exited', exitCode, ...outOfMemoryMiB }
}
