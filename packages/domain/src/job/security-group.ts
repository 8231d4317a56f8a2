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

/**
 * The group that a job has on every instance it gets; none where it publishes nothing. A job that is connected to a gateway
 * is reached from the gateway's address too: who may come to that is for the gateway to see to.
 */
export const securityGroupOf = (
  { id, spec, gatewayPorts = [] }: Pick<Job, 'id' | 'spec' | 'gatewayPorts'>,
  gatewayAddress: string,
): SecurityGroup | undefined => {
  if (spec.publish.length === 0) return undefined
  const gateway = gatewayPorts.length > 0 ? [`${gatewayAddress}/32`] : []
  return {
    owner: id,
    ports: spec.publish.map(({ hostPort }) => hostPort),
    from: [...new Set([...mayReach(spec), ...gateway])],
  }
}

/** The networks that may reach its published ports. */
export const mayReach = ({ allowFrom, submittedFrom }: JobSpec): readonly string[] =>
  allowFrom ?? (submittedFrom === undefined ? [] : [`${submittedFrom}/32`])

/** An open workflow may still launch for it. */
export const needsSecurityGroup = (job: Job): boolean =>
  job.spec.publish.length > 0 && (job.workflow !== undefined || !hasEnded(job.status))
