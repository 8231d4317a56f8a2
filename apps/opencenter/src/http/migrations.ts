import { formatInstant, type JobInstance, type Migration } from '@mmcloud/contract'
import { type Instance, instanceCost, machineSentence, reasonSentence } from '@mmcloud/domain'
import type { MigrationRecord } from '@mmcloud/engine'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'
import { findJob } from './read-job.ts'

/** Where a job was, and how it came from one instance to the next. */
export const migrationRoutes = (app: FastifyInstance, { authenticator, records, now }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'migrations', ({ params, caller }) =>
    records.read(async (view) => {
      const job = await findJob(view, params.id, caller)
      return { migrations: (await view.migrations(job.id)).map(migrationView) }
    }),
  )
  endpointRoute(app, authenticator, 'instances', ({ params, caller }) =>
    records.read(async (view) => {
      const job = await findJob(view, params.id, caller)
      const rented = (await view.instances({ job: job.id })).filter(({ cloudId }) => cloudId !== undefined)
      return { instances: rented.map((instance) => instanceView(instance, now())) }
    }),
  )
}

const migrationView = (move: MigrationRecord): Migration => ({
  id: move.id,
  trigger: move.trigger,
  reason: reasonSentence(move.reason, move.numbers),
  rule: move.rule,
  numbers: { ...move.numbers },
  from: move.source ? machineSentence(move.source) : '',
  // Until it is there: where the plan wants it.
  to: move.target ? machineSentence(move.target) : String(move.numbers['to'] ?? ''),
  ...(move.source ? { source: { ...move.source } } : {}),
  ...(move.target ? { target: { ...move.target } } : {}),
  alternatives: move.alternatives.map((alternative) => ({ ...alternative })),
  startTime: formatInstant(move.startedAt),
  ...(move.endedAt === undefined ? {} : { endTime: formatInstant(move.endedAt) }),
  phases: { ...move.phases },
  bytes: move.bytes ?? 0,
  standStillMs: move.standStillMs ?? 0,
  cost: move.costUsd ?? 0,
  ...(move.source && move.target
    ? { savingPerHour: move.source.pricePerHour - move.target.pricePerHour }
    : {}),
  outcome: move.outcome,
  ...(move.undoneBecause === undefined ? {} : { undoneBecause: move.undoneBecause }),
})

const instanceView = (instance: Instance, now: number): JobInstance => {
  const { id, offer, state, requestedAt, readyAt, goneAt } = instance
  return {
    instance: id,
    instanceType: offer.instanceType,
    cpu: offer.cpu,
    memGB: offer.memGB,
    market: offer.market,
    pricePerHour: offer.pricePerHour,
    state,
    requestTime: formatInstant(requestedAt),
    ...(readyAt === undefined ? {} : { readyTime: formatInstant(readyAt) }),
    ...(goneAt === undefined ? {} : { endTime: formatInstant(goneAt) }),
    cost: instanceCost(instance, now),
  }
}
