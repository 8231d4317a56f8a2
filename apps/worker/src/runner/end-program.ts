import { markUntouched } from '../checkpoint/restore.ts'
import { removeBundle } from '../container/bundle.ts'
import { jobProcesses } from '../container/cgroup.ts'
import { destroyContainer, runc } from '../container/runc.ts'
import { shimLog, shimResult } from '../shim/client.ts'
import { until } from '../system/wait.ts'
import { killJob, processList, shimIsThere } from './instance-processes.ts'

const KILLED_WITHIN_MS = 30_000
/** A killed program's end is told within a tenth of a second; its instance may have little time left. */
const TOLD_WITHIN_MS = 5_000

/** SIGTERM, then SIGKILL to the whole tree once grace is over; returns when the shim has told the end. */
export const stopProgram = async (graceSeconds: number): Promise<void> => {
  await runc(['kill']).catch(() => undefined)
  const graceIsOver = (): string => 'grace is over'
  await until(() => shimResult(), { withinMs: graceSeconds * 1000, late: graceIsOver }).catch(async () => {
    await destroyContainer()
    await ended('The program could not be ended', KILLED_WITHIN_MS)
  })
}

/**
 * CRIU has killed the program of a complete `move`: returns when nothing of it is left. Where its end is not told in time
 * all of it is ended by force, and the next restore takes the disks back to their snapshot, since something may have
 * written to them since. `log` hears what was still there.
 */
export const endSaved = async (seq: number, log: (message: string) => void): Promise<void> => {
  const endedItself = await ended('its end was not told', TOLD_WITHIN_MS).catch(() => undefined)
  if (!endedItself)
    log(`the saved program did not tell its end; ended by force. There were:\n${processList()}\n${shimLog()}`)
  await destroyContainer()
  if (!endedItself) await endByForce()
  // From here on the job is saved whatever happens: a release removes the bundle again, a restore can do without the mark.
  await removeBundle().catch((error: unknown) => log(String(error)))
  if (!endedItself) return
  try {
    markUntouched(seq)
  } catch (error) {
    log(String(error))
  }
}

const endByForce = (): Promise<true> =>
  until(
    () => {
      killJob()
      return jobProcesses().length === 0 && !shimIsThere() ? true : undefined
    },
    { withinMs: TOLD_WITHIN_MS, late: () => 'The program was saved and could not be ended' },
  )

const ended = (otherwise: string, withinMs: number): Promise<unknown> =>
  until(() => shimResult(), { withinMs, late: () => otherwise })
