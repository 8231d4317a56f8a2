import { existsSync, mkdirSync } from 'node:fs'
import { WORKER_METHODS, workerJobSchema } from '@mmcloud/contract'
import { BRAKES } from '@mmcloud/domain'
import { z } from 'zod'
import { readJson, writeDurably } from '../system/durable.ts'
import { places } from '../system/places.ts'

const stateSchema = z.object({
  jobId: z.string(),
  attempt: z.int(),
  epoch: z.int(),
  phase: workerJobSchema.shape.phase,
  volumes: z.array(WORKER_METHODS.mountVolumes.params.shape.volumes.element.extend({ path: z.string() })),
  limits: z.object({ memory: z.number(), memoryAndSwap: z.number().optional() }).optional(),
  exitCode: z.int().optional(),
  outOfMemoryMiB: z.int().optional(),
  error: z.string().optional(),
  runningSince: z.number().optional(),
  /** It was submitted so. */
  neverSaved: z.literal(true).optional(),
  /** When the worker may freeze the job, as the OpCenter said. */
  brake: z.enum(BRAKES).optional(),
  /** Since when (epoch ms) it is frozen, before memory ran out. */
  brakedAt: z.number().optional(),
  /** What the present run was begun with, and what was answered: a repeated request gets the same answer. */
  begun: z.object({ key: z.string(), result: z.unknown() }).optional(),
  lastCapture: z
    .object({ captureId: z.string(), seq: z.int().optional(), error: z.string().optional() })
    .optional(),
  /** Log files that went back, and to where, until the OpCenter knows. */
  truncated: z.record(z.string(), z.number()),
})
export type JobState = z.infer<typeof stateSchema>

/** The state left by a worker before this one on the same boot of the instance. */
export const loadState = (): JobState | undefined =>
  existsSync(places.state) ? readJson(places.state, stateSchema) : undefined

/** Only what is here is known to the next worker. */
export const saveState = (state: JobState | undefined): void => {
  mkdirSync(places.runtime, { recursive: true, mode: 0o700 })
  writeDurably(places.state, JSON.stringify(state ?? null), 0o600)
}
