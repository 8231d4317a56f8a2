import { freePort, type GatewayId, type GatewayPort, type Job, UserError } from '@mmcloud/domain'
import type { EngineDeps } from './engine-deps.ts'
import type { RecordsTransaction } from './ports/records/records.ts'

/** A port of the gateway for that port of the job, which no other living job has. Throws `conflict` when all are taken. */
export const gatewayPort = async (
  { doors }: EngineDeps,
  tx: Pick<RecordsTransaction, 'jobs'>,
  gateway: GatewayId,
  containerPort: number,
  own: readonly GatewayPort[] = [],
): Promise<GatewayPort> => {
  const taken = await takenPorts(tx)
  for (const { port } of own) taken.add(port)
  const port = freePort(doors.ports, taken)
  if (port === undefined)
    throw new UserError(
      'conflict',
      `every port from ${doors.ports.first} to ${doors.ports.last} is connected; disconnect one: float gateway list`,
    )
  return { gateway, port, containerPort }
}

/** For a job that is run again: each port it had, or another where somebody has that now, and what it asks for since. */
export const sameGatewayPorts = async (
  deps: EngineDeps,
  tx: Pick<RecordsTransaction, 'jobs'>,
  { spec, gatewayPorts = [] }: Job,
): Promise<readonly GatewayPort[]> => {
  const taken = await takenPorts(tx)
  const kept: GatewayPort[] = []
  for (const had of gatewayPorts)
    kept.push(taken.has(had.port) ? await gatewayPort(deps, tx, had.gateway, had.containerPort, kept) : had)
  const { gateway } = spec
  const asked = ({ gateway: id, containerPort }: GatewayPort): boolean =>
    id === gateway?.id && containerPort === gateway.targetPort
  if (gateway && !kept.some(asked))
    kept.push(await gatewayPort(deps, tx, gateway.id, gateway.targetPort, kept))
  return kept
}

const takenPorts = async (tx: Pick<RecordsTransaction, 'jobs'>): Promise<Set<number>> =>
  new Set(
    (await tx.jobs({ live: true })).flatMap(({ gatewayPorts = [] }) => gatewayPorts.map(({ port }) => port)),
  )
