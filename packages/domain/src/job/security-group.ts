import { type Job, type JobSpec } from './job.ts'
import { hasEnded } from './job-status.ts'

/** What lets connections through to the instances of one job. */
export type SecurityGroup = {
  /** The job's id, as it is the owner of its instances. */
  readonly owner: string
  readonly ports: readonly number[]
  /** Networks, IPv4: `10.0.0.0/8`. Empty: nobody. */
  readonly from: readonly string[]
}

/** The group that a job has on every instance it gets; none where it publishes nothing. */
export const securityGroupOf = ({ id, spec }: Pick<Job, 'id' | 'spec'>): SecurityGroup | undefined =>
  spec.publish.length === 0
    ? undefined
    : { owner: id, ports: spec.publish.map(({ hostPort }) => hostPort), from: mayReach(spec) }

const mayReach = ({ allowFrom, submittedFrom }: JobSpec): readonly string[] =>
  allowFrom ?? (submittedFrom === undefined ? [] : [`${submittedFrom}/32`])

/** An open workflow may still launch for it. */
export const needsSecurityGroup = (job: Job): boolean =>
  securityGroupOf(job) !== undefined && (job.workflow !== undefined || !hasEnded(job.status))
