import { removeBundle } from '../container/bundle.ts'
import { destroyContainer } from '../container/runc.ts'
import { shimLives, shimResult } from '../shim/client.ts'
import type { ShimResult } from '../shim/protocol.ts'
import { shimIsThere } from './instance-processes.ts'
import type { JobState } from './job-state.ts'

const MIB = 1024 ** 2

/** Nothing while the program runs; else how it ended, and nothing of it is left. */
export const programEnd = async (limits: JobState['limits']): Promise<Partial<JobState> | undefined> => {
  // A shim that does not answer waits for its disk; only one that is gone, and has told nothing before, is lost.
  const holds = !shimResult() && ((await shimLives()) || shimIsThere())
  if (holds) return undefined
  const result = shimResult()
  await destroyContainer()
  await removeBundle().catch(() => undefined)
  return result
    ? endedAs(result, limits)
    : { phase: 'failed', error: 'The process that holds the job on the instance was lost' }
}

/** Exit codes of a program whose registers or memory are not what it left there: SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV. */
const CRASHES: ReadonlySet<number | undefined> = new Set([132, 133, 134, 135, 139])
/** CRIU could not take its own code out of the program again. */
export const isNotCured = (said: string): boolean => said.includes("Can't cure")

/**
 * A program that crashes after CRIU failed to save it, and to leave it as it was, has not ended by itself: it is lost, and
 * goes back to what there is of it.
 */
export const crashedOfCapture = (
  end: Partial<JobState>,
  lastCapture: JobState['lastCapture'],
): Partial<JobState> | undefined =>
  end.phase === 'exited' && CRASHES.has(end.exitCode) && isNotCured(lastCapture?.error ?? '')
    ? { phase: 'failed', error: `a save that failed has damaged it, and it crashed (${end.exitCode})` }
    : undefined

/** The same where the worker died while it was being saved: nobody has heard what CRIU said. */
export const crashedInCapture = (end: Partial<JobState>): Partial<JobState> | undefined =>
  end.phase === 'exited' && CRASHES.has(end.exitCode)
    ? { phase: 'failed', error: `it crashed while it was being saved (${end.exitCode})` }
    : undefined

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
