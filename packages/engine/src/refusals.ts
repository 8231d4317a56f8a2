import {
  fitsSize,
  invalidArgument,
  type Job,
  JOB_ACTIONS,
  type JobAction,
  may,
  type ResourceNeed,
  typeRefusal,
  UserError,
} from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'

/** What a job that is neither moved nor saved cannot be asked for. */
const NEEDS_A_CHECKPOINT: ReadonlySet<JobAction> = new Set(['migrate', 'suspend', 'snapshot'])

/** Refuses what the status does not allow, and names it; and what the job was submitted without. */
export const refuseStatus = (action: JobAction, job: Job): void => {
  if (job.spec.migrateDisabled && NEEDS_A_CHECKPOINT.has(action))
    throw new UserError(
      'conflict',
      `cannot ${action} job ${job.id}: it was submitted with --disableMigrate, and is neither moved nor saved`,
    )
  if (may(action, job.status)) return
  throw new UserError(
    'conflict',
    `cannot ${action} job ${job.id}: it is ${job.status}; ${action} is possible when it is ${JOB_ACTIONS[action].join(', ')}`,
  )
}

/** The same, and what would meet an operation that is under way. */
export const refuseUnless = (action: JobAction, job: Job): void => {
  refuseStatus(action, job)
  if (job.workflow !== undefined && action !== 'suspend' && action !== 'drill') {
    throw new UserError(
      'conflict',
      `cannot ${action} job ${job.id}: something else is being done with it; try again when it is done`,
    )
  }
}

/** Refuses at once what no type of the provider could ever satisfy, whatever room there is now. */
export const refuseWhenNothingFits = async (
  deps: EngineDeps,
  need: ResourceNeed,
  sentence: string,
): Promise<void> => {
  const types = await deps.provider.catalogue(AbortSignal.timeout(10_000))
  if (types.some((type) => fitsSize({ ...type, instanceType: type.name }, need))) return
  if (need.instanceType === undefined) throw invalidArgument(`no instance type fits ${sentence}`)
  const refusal = need.types && typeRefusal(need.types, need.instanceType)
  throw invalidArgument(
    refusal === undefined
      ? `${need.instanceType} is not an instance type of provider ${deps.provider.name}`
      : `${need.instanceType} is ${refusal}`,
  )
}
