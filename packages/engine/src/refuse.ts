import {
  fitsSize,
  invalidArgument,
  type Job,
  JOB_ACTIONS,
  type JobAction,
  type JobSpec,
  may,
  type ResourceNeed,
  UserError,
} from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'

/** A refusal names the status. */
export const refuseStatus = (action: JobAction, job: Job): void => {
  if (may(action, job.status)) return
  throw new UserError(
    'conflict',
    `cannot ${action} job ${job.id}: it is ${job.status}; ${action} is possible when it is ${JOB_ACTIONS[action].join(', ')}`,
  )
}

/** The same, and while something else is under way; what may come in between does not get here. */
export const refuseUnless = (action: JobAction, job: Job): void => {
  refuseStatus(action, job)
  if (job.workflow !== undefined && action !== 'suspend' && action !== 'drill') {
    throw new UserError(
      'conflict',
      `cannot ${action} job ${job.id}: something else is being done with it; try again when it is done`,
    )
  }
}

export const refuseWhenNothingFits = async (
  deps: EngineDeps,
  need: ResourceNeed,
  sentence: string,
): Promise<void> => {
  const types = await deps.provider.catalogue(AbortSignal.timeout(10_000))
  if (types.some((type) => fitsSize({ ...type, instanceType: type.name }, need))) return
  throw invalidArgument(
    need.instanceType === undefined
      ? `no instance type fits ${sentence}`
      : `${need.instanceType} is not an instance type of provider ${deps.provider.name}`,
  )
}

/** The size that was asked for. */
export const boundsOf = (spec: JobSpec): ResourceNeed => ({
  cpu: spec.cpu,
  memGB: spec.memGB,
  ...typed(spec.instanceType),
})

export const typed = (instanceType: string | undefined): { instanceType?: string } =>
  instanceType === undefined ? {} : { instanceType }
