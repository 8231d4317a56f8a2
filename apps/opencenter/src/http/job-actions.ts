import {
  changesIn,
  type JobView,
  overlay,
  parseDuration,
  parseRange,
  readModification,
  readSubmission,
  requestOf,
  type SubmitBody,
} from '@mmcloud/contract'
import type { JobId, JobSpec } from '@mmcloud/domain'
import type { MoveTarget } from '@mmcloud/engine'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { gatewayFor } from './gateways.ts'
import { refuseHooks, submittedFrom } from './read-request.ts'
import { refuseUnknownSecrets } from './secrets.ts'
import { findJobToChange, showJob } from './read-job.ts'
import { refuseUnmountable, withStorage } from './storage.ts'
import { withKeysKept } from './volume-keys.ts'

/** The cloud's own notice, seconds, when a drill names none. */
const DEFAULT_NOTICE_SECONDS = 120

/** What people ask of a job: recorded at once, carried out later. */
export const jobActionRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, commands } = deps
  const act = async (
    id: string,
    caller: Caller,
    ask: (id: JobId, user: string) => Promise<unknown>,
  ): Promise<JobView> => {
    await deps.records.read((view) => findJobToChange(view, id, caller))
    await ask(id as JobId, caller.user.name)
    return showJob(deps, id, caller)
  }
  endpointRoute(app, authenticator, 'suspendJob', ({ params, caller }) =>
    act(params.id, caller, (id, user) => commands.suspend(id, user)),
  )
  endpointRoute(app, authenticator, 'resumeJob', ({ params, caller }) =>
    act(params.id, caller, (id, user) => commands.resume(id, user)),
  )
  endpointRoute(app, authenticator, 'snapshotJob', ({ params, caller }) =>
    act(params.id, caller, (id, user) => commands.snapshot(id, user)),
  )
  endpointRoute(app, authenticator, 'rerunJob', async ({ params, caller, body, address }) => {
    const changes = body ? changesIn(body) : ''
    const { spec } = await deps.records.read((view) => findJobToChange(view, params.id, caller))
    const changed =
      changes === ''
        ? undefined
        : { told: changes, spec: await changedSpec(deps, spec, body!, caller, address) }
    return act(params.id, caller, (id, user) => commands.rerun(id, user, changed))
  })
  endpointRoute(app, authenticator, 'migrateJob', ({ params, caller, body }) => {
    const target = { ...moveTarget(body), ...byJob(caller) }
    return act(params.id, caller, (id, user) => commands.migrate(id, user, target))
  })
  endpointRoute(app, authenticator, 'modifyJob', ({ params, caller, body }) => {
    const modification = { ...readModification(body), ...byJob(caller) }
    return act(params.id, caller, (id, user) => commands.modify(id, user, modification))
  })
  endpointRoute(app, authenticator, 'drillJob', ({ params, caller, body }) => {
    const notice = body.notice ? parseDuration(body.notice, '--notice') : DEFAULT_NOTICE_SECONDS
    return act(params.id, caller, (id, user) => commands.drill(id, user, notice))
  })
}

/** An image is looked up only where another is asked for. */
const changedSpec = async (
  deps: ApiDeps,
  spec: JobSpec,
  body: SubmitBody,
  caller: Caller,
  address: string,
): Promise<JobSpec> => {
  const over = await withStorage(deps.storages, body, caller.user.name)
  const request = overlay(requestOf({ ...spec, imageName: spec.image.name }), over)
  const asked = readSubmission(request)
  refuseHooks(asked, caller)
  await refuseUnmountable(deps, asked)
  await refuseUnknownSecrets(deps.vault, asked, caller)
  const { imageName, gateway, ...submission } = await withKeysKept(deps.vault, asked, caller)
  const image = body.image ? await deps.images.resolve(imageName) : spec.image
  return {
    ...submission,
    ...submittedFrom(submission, address),
    name: submission.name ?? spec.name,
    ...(spec.userNumber === undefined ? {} : { userNumber: spec.userNumber }),
    image,
    ...(await gatewayFor(deps, gateway, caller)),
  }
}

/** Who asks decides it, never what was sent. */
const byJob = ({ job }: Caller): { byJob?: true } => (job === undefined ? {} : { byJob: true })

const moveTarget = (body: {
  readonly instType?: string | undefined
  readonly cpu?: string | number | undefined
  readonly mem?: string | number | undefined
  readonly after?: number | undefined
}): MoveTarget => {
  const cpu = parseRange(body.cpu ?? '', '--cpu')
  const memGB = parseRange(body.mem ?? '', '--mem')
  return {
    ...(body.instType ? { instanceType: body.instType } : {}),
    ...(cpu ? { cpu } : {}),
    ...(memGB ? { memGB } : {}),
    ...(body.after === undefined ? {} : { after: body.after }),
  }
}
