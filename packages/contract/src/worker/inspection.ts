import { z } from 'zod'

/** One process of a job, with the numbers it has inside the container. */
export const jobProcessSchema = z
  .object({
    pid: z.int(),
    /** 0 = none inside the container. */
    parent: z.int(),
    /** As in `ps`: R, S, D, T, Z. */
    state: z.string(),
    /** Of all its threads since it began. */
    cpuSeconds: z.number(),
    memBytes: z.number(),
    swapBytes: z.number(),
    threads: z.int(),
    command: z.string(),
  })
  .meta({ id: 'JobProcess' })
export type JobProcess = z.infer<typeof jobProcessSchema>

/** One disk of a job; `/` holds what it writes beside its data disks, its logs and its checkpoints. */
export const jobDiskSchema = z
  .object({
    mountPoint: z.string(),
    bytes: z.number(),
    usedBytes: z.number(),
    freeBytes: z.number(),
  })
  .meta({ id: 'JobDisk' })
export type JobDisk = z.infer<typeof jobDiskSchema>

export const inspectionSchema = z.object({
  processes: z.array(jobProcessSchema),
  disks: z.array(jobDiskSchema),
})
export type Inspection = z.infer<typeof inspectionSchema>
