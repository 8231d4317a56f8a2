import type { WorkerJob, WorkerResult } from '@mmcloud/contract'
import { z } from 'zod'
import { listCheckpoints } from '../checkpoint/manifest.ts'
import { readJson } from '../system/durable.ts'
import { jobPlaces, places } from '../system/places.ts'
import { isMounted } from '../volumes/volumes.ts'
import type { JobState } from './job-state.ts'

const exitSchema = z.object({ attempt: z.int(), exitCode: z.int(), at: z.number() })

/** The job as the OpCenter is told of it, again and again. */
export const jobReport = (state: JobState, logsShipped: boolean): WorkerJob => {
  const { jobId, attempt, phase, exitCode, outOfMemoryMiB, error, runningSince } = state
  return {
    jobId,
    attempt,
    phase,
    checkpoints: isMounted(places.jobVolume) ? listCheckpoints().map(({ checkpoint }) => checkpoint) : [],
    logsShipped,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(outOfMemoryMiB === undefined ? {} : { outOfMemoryMiB }),
    ...(error === undefined ? {} : { error }),
    ...(runningSince === undefined ? {} : { runningSince }),
    brake: state.brake ?? 'never',
    braked: state.brakedAt !== undefined,
  }
}

/** What lies on the mounted volumes. */
export const inventory = (epoch: number): WorkerResult<'mountVolumes'> => {
  const exit = readJson(jobPlaces.exit, exitSchema)
  return {
    epoch,
    checkpoints: listCheckpoints().map(({ checkpoint }) => checkpoint),
    ...(exit ? { exit } : {}),
  }
}
