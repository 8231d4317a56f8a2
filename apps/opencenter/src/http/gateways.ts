import { randomInt } from 'node:crypto'
import { formatTime, type GatewayView, type GatewayWish } from '@mmcloud/contract'
import {
  type Gateway,
  type Job,
  type JobId,
  type JobSpec,
  newGatewayId,
  notFound,
  UserError,
} from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJobToChange, maySee } from './read-job.ts'

/** Everybody has gateways of their own, for jobs of their own; who sees a user's jobs sees their gateways. */
export const gatewayRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, gateways, gatewayCommands, records } = deps
  const view = async (gateway: Gateway): Promise<GatewayView> =>
    gatewayView(gateway, await connectedJobs(deps), deps.gatewayHost)
  const mine = async (id: string, caller: Caller): Promise<Gateway> => {
    const found = await findGateway(deps, id, caller)
    if (found.user === caller.user.name || caller.user.role === 'admin') return found
    throw new UserError('forbidden', `Gateway ${id} is not yours`)
  }
  endpointRoute(app, authenticator, 'gateways', async ({ caller }) => {
    const visible = (await gateways.all()).filter((each) => maySee(caller, each))
    const jobs = await connectedJobs(deps)
    return { gateways: visible.map((each) => gatewayView(each, jobs, deps.gatewayHost)) }
  })
  endpointRoute(app, authenticator, 'gateway', async ({ params, caller }) =>
    view(await findGateway(deps, params.id, caller)),
  )
  endpointRoute(app, authenticator, 'createGateway', async ({ caller }) =>
    view(await newGateway(deps, caller)),
  )
  endpointRoute(app, authenticator, 'destroyGateway', async ({ params, caller }) => {
    const gateway = await mine(params.id, caller)
    const [first] = (await view(gateway)).connections
    if (first)
      throw new UserError(
        'conflict',
        `Gateway ${gateway.id} leads to job ${first.job}; first: float gateway disconnect -g ${gateway.id} -j ${first.job}`,
      )
    await gateways.remove(gateway.id)
    return { id: gateway.id }
  })
  endpointRoute(app, authenticator, 'connectGateway', async ({ params, body, caller }) => {
    const gateway = await mine(params.id, caller)
    const { id } = await records.read((all) => findJobToChange(all, body.job, caller))
    await gatewayCommands.connect(id, gateway.id, body.targetPort)
    return view(gateway)
  })
  endpointRoute(app, authenticator, 'disconnectGateway', async ({ params, query, caller }) => {
    const gateway = await mine(params.id, caller)
    await gatewayCommands.disconnect(params.job as JobId, gateway.id, query.targetPort)
    return view(gateway)
  })
}

/** A gateway that the caller may see. Throws `notFound`. */
export const findGateway = async (
  { gateways }: Pick<ApiDeps, 'gateways'>,
  id: string,
  caller: Caller,
): Promise<Gateway> => {
  const found = (await gateways.all()).find((each) => each.id === id)
  if (!found || !maySee(caller, found)) throw notFound(`gateway ${id}`)
  return found
}

/** The gateway a request asks for, of who asks; `auto` makes one for who has none. */
export const gatewayFor = async (
  deps: Pick<ApiDeps, 'gateways' | 'now'>,
  wish: GatewayWish | undefined,
  caller: Caller,
): Promise<Pick<JobSpec, 'gateway'>> => {
  if (!wish) return {}
  const { targetPort } = wish
  if (wish.id !== 'auto') {
    const found = await findGateway(deps, wish.id, caller)
    if (found.user !== caller.user.name) throw new UserError('forbidden', `Gateway ${wish.id} is not yours`)
    return { gateway: { id: found.id, targetPort } }
  }
  const known = (await deps.gateways.all()).find(({ user }) => user === caller.user.name)
  return { gateway: { id: (known ?? (await newGateway(deps, caller))).id, targetPort } }
}

const newGateway = async (
  { gateways, now }: Pick<ApiDeps, 'gateways' | 'now'>,
  { user }: Caller,
): Promise<Gateway> => {
  const gateway = { id: newGatewayId((bound) => randomInt(bound)), user: user.name, createdAt: now() }
  await gateways.add(gateway)
  return gateway
}

const connectedJobs = ({ records }: ApiDeps): Promise<readonly Job[]> =>
  records.read(async (view) =>
    (await view.jobs({ live: true })).filter(({ gatewayPorts = [] }) => gatewayPorts.length > 0),
  )

const gatewayView = ({ id, user, createdAt }: Gateway, jobs: readonly Job[], host: string): GatewayView => ({
  id,
  user,
  createTime: formatTime(createdAt),
  connections: jobs.flatMap(({ id: job, spec, status, gatewayPorts = [] }) =>
    gatewayPorts
      .filter(({ gateway }) => gateway === id)
      .map(({ port, containerPort }) => ({
        job,
        jobName: spec.name,
        status,
        targetPort: containerPort,
        address: `${host}:${port}`,
      })),
  ),
})
