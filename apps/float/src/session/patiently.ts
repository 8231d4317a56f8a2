import { UnreachableError } from '@mmcloud/client'
import type { World } from '../world.ts'

/** Between two short requests while something is waited for. */
export const POLL_MS = 500
/** An OpCenter restarts in seconds. */
const PATIENCE_MS = 600_000
/** A try that took longer was frozen with the job we are inside, and that is no time of waiting. */
const LONGEST_TRY_MS = 10_000

/** Asks again while nobody answers: the OpCenter may be restarting, or we were just moved to another instance. */
export const patiently = async <T>(
  world: Pick<World, 'now' | 'sleep'>,
  ask: () => Promise<T>,
): Promise<T> => {
  for (let left = PATIENCE_MS; ; ) {
    const began = world.now()
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof UnreachableError) || left <= 0) throw error
      await world.sleep(POLL_MS)
    }
    left -= Math.min(world.now() - began, LONGEST_TRY_MS)
  }
}
