import {
  type GatewayId,
  hasEnded,
  type Job,
  type JobId,
  notFound,
  securityGroupOf,
  UserError,
} from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import { gatewayPort } from './gateway-ports.ts'
import type { RecordsTransaction } from './ports/records/records.ts'
import { patchJob } from './transitions.ts'

/** What people ask of gateways. Refusals are `UserError`s; what a gateway leads to is seen to by its reconciler. */
export interface GatewayCommands {
  /**
   * Has the gateway lead to a published port of the job; without a port to the only one there is. Connected already: the
   * same again.
   */
  connect(id: JobId, gateway: GatewayId, containerPort?: number): Promise<Job>
  /** Lets go of that port of the job, or of all. */
  disconnect(id: JobId, gateway: GatewayId, containerPort?: number): Promise<Job>
}

const GROUP_MS = 10_000

export const createGatewayCommands = (deps: EngineDeps, openDoors: () => Promise<void>): GatewayCommands => {
  const change = async (
    id: JobId,
    work: (tx: RecordsTransaction, job: Job) => Promise<Job>,
  ): Promise<Job> => {
    const job = await deps.records.write(async (tx) => {
      const found = await tx.job(id)
      if (!found) throw notFound(`job ${id}`)
      return work(tx, found)
    })
    const group = securityGroupOf(job, deps.doors.address)
    // Instances that it gets later have it from their launch on.
    if (group && !hasEnded(job.status))
      await deps.provider.putSecurityGroup(group, AbortSignal.timeout(GROUP_MS))
    await openDoors()
    return job
  }
  return {
    connect: (id, gateway, wanted) =>
      change(id, async (tx, job) => {
        if (hasEnded(job.status)) throw new UserError('conflict', `job ${id} has ended: ${job.status}`)
        const containerPort = publishedPort(job, wanted)
        const { gatewayPorts = [] } = job
        const known = gatewayPorts.some(
          (each) => each.gateway === gateway && each.containerPort === containerPort,
        )
        if (known) return job
        const added = await gatewayPort(deps, tx, gateway, containerPort, gatewayPorts)
        return patchJob(tx, job, { gatewayPorts: [...gatewayPorts, added] }, deps.clock.now())
      }),
    disconnect: (id, gateway, containerPort) =>
      change(id, async (tx, job) => {
        const { gatewayPorts = [] } = job
        const left = gatewayPorts.filter(
          (each) =>
            each.gateway !== gateway || (containerPort !== undefined && each.containerPort !== containerPort),
        )
        if (left.length === gatewayPorts.length)
          throw notFound(
            `${containerPort === undefined ? '' : `port ${containerPort} of `}job ${id} at gateway ${gateway}`,
          )
        return patchJob(tx, job, { gatewayPorts: left }, deps.clock.now())
      }),
  }
}

const publishedPort = ({ id, spec }: Job, wanted: number | undefined): number => {
  const known = spec.publish.map(({ containerPort }) => containerPort)
  const [only, ...others] = known
  if (only === undefined)
    throw new UserError('conflict', `job ${id} publishes no port; submit it with --publish PORT`)
  if (wanted === undefined) {
    if (others.length === 0) return only
    throw new UserError(
      'conflict',
      `which port of job ${id}? It publishes ${known.join(', ')}: --targetPort PORT`,
    )
  }
  if (known.includes(wanted)) return wanted
  throw new UserError('conflict', `job ${id} does not publish port ${wanted}, but ${known.join(', ')}`)
}
