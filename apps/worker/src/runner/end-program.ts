import { markUntouched } from '../checkpoint/restore.ts'
import { removeBundle } from '../container/bundle.ts'
import { destroyContainer, runc } from '../container/runc.ts'
import { shimResult } from '../shim/client.ts'
import { until } from '../system/wait.ts'

const KILLED_WITHIN_MS = 30_000

/** SIGTERM, then SIGKILL to the whole tree once grace is over; returns when the shim has told the end. */
export const stopProgram = async (graceSeconds: number): Promise<void> => {
  await runc(['kill']).catch(() => undefined)
  const graceIsOver = (): string => 'grace is over'
  await until(() => shimResult(), { withinMs: graceSeconds * 1000, late: graceIsOver }).catch(async () => {
    await destroyContainer()
    await ended('The program could not be ended')
  })
}

/** CRIU has killed the program of a complete `move`: waits until all of it is gone. */
export const endSaved = async (seq: number): Promise<void> => {
  await ended('CRIU saved the program and did not end it')
  await destroyContainer()
  await removeBundle()
  markUntouched(seq)
}

const ended = (otherwise: string): Promise<unknown> =>
  until(() => shimResult(), { withinMs: KILLED_WITHIN_MS, late: () => otherwise })
