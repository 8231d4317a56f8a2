import type { Job, ResourceNeed } from '@mmcloud/domain'
import type { MoveTarget } from './job-commands.ts'

/** A size alone frees the type; a type alone frees the size; neither means the size the job asked for. */
export const moveNeed = (job: Job, target: MoveTarget): ResourceNeed => ({
  cpu: target.cpu ?? job.spec.cpu,
  memGB: target.memGB ?? job.spec.memGB,
  ...typed(target.instanceType ?? (target.cpu || target.memGB ? undefined : job.spec.instanceType)),
  ...(job.spec.types ? { types: job.spec.types } : {}),
})

/** No key where there is no type. */
export const typed = (instanceType: string | undefined): { instanceType?: string } =>
  instanceType === undefined ? {} : { instanceType }

/** The target in a person's words. */
export const targetSentence = (target: MoveTarget): string =>
  target.instanceType ??
  ([target.cpu && `${target.cpu.min} vCPU`, target.memGB && `${target.memGB.min} GB`]
    .filter(Boolean)
    .join(', ') ||
    'another instance')
