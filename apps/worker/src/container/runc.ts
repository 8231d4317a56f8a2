import { z } from 'zod'
import { exec, succeeds } from '../system/exec.ts'
import { CONTAINER_ID, places } from '../system/places.ts'

const stateSchema = z.object({ status: z.string(), pid: z.int() })

/** Arguments that every call of runc starts with. */
export const RUNC_ROOT = ['--root', places.runcRoot]

/** Runs `runc <command> <flags> job`. */
export const runc = (args: readonly string[]): Promise<string> =>
  exec('runc', [...RUNC_ROOT, ...args, CONTAINER_ID])

/** True when the container's first process is there, frozen or not, and is not being restored. */
export const containerRuns = async (): Promise<boolean> => {
  try {
    const { status } = stateSchema.parse(JSON.parse(await runc(['state'])))
    return status === 'running' || status === 'paused'
  } catch {
    return false
  }
}

/** Ends everything in the container; the kernel ends a PID namespace with its first process. */
export const destroyContainer = (): Promise<boolean> =>
  succeeds('runc', [...RUNC_ROOT, 'delete', '--force', CONTAINER_ID])

/** Stops every process of the container where it is. */
export const pauseContainer = (): Promise<string> => runc(['pause'])

/** Lets a frozen container go on; one that is not frozen is left alone. */
export const resumeContainer = (): Promise<boolean> =>
  succeeds('runc', [...RUNC_ROOT, 'resume', CONTAINER_ID])
