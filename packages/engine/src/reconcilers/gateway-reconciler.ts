import { type GatewayRoute, type Job, routesOf } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import { within } from '../ports/clock.ts'
import type { Reconciler, ReconcileReport } from './reconciler.ts'

/** The relay is a process beside us: it answers at once, or is started. */
const ANSWERS_WITHIN_MS = 5000
/** It is told again though nothing has changed: it may have been started anew, without any route. */
const AGAIN_MS = 10_000

/** Has gateways lead to where their jobs are now. */
export const createGatewayReconciler = (deps: EngineDeps): Reconciler => {
  let told = { routes: '[]', at: Number.NEGATIVE_INFINITY }
  let turn: Promise<unknown> = Promise.resolve()
  const look = async (signal: AbortSignal): Promise<ReconcileReport> => {
    const live = await deps.records.read((view) => view.jobs({ live: true }))
    const jobs = live.filter(({ gatewayPorts = [] }) => gatewayPorts.length > 0)
    const found: GatewayRoute[] = []
    for (const job of jobs) found.push(...routesOf(job, await whereItAnswers(deps, job)))
    const routes = JSON.stringify(found)
    const now = deps.clock.now()
    const isNew = routes !== told.routes
    // Where nobody has a gateway nothing is started for one.
    if (!isNew && (found.length === 0 || Math.abs(now - told.at) < AGAIN_MS))
      return { looked: jobs.length, acted: 0 }
    const closed = await within(deps.clock, ANSWERS_WITHIN_MS, signal, (soon) => deps.doors.put(found, soon))
    told = { routes, at: now }
    for (const { port, reason } of closed)
      deps.log.warn({ port, reason }, 'a port of a gateway cannot be opened; it is tried again')
    return { looked: jobs.length, acted: isNew ? 1 : 0 }
  }
  return {
    name: 'gateways',
    // One after the other: routes of before may not be told after those of now.
    activate: (signal) => {
      const looked = turn.then(() => look(signal))
      turn = looked.catch(() => undefined)
      return looked
    },
  }
}

/** The instance of a program that runs and is not frozen, for all we know. */
const whereItAnswers = async (deps: EngineDeps, { residence }: Job) => {
  if (residence.kind !== 'running') return undefined
  const worker = deps.fleet.report(residence.instance)?.job
  if (worker && (worker.phase !== 'running' || worker.braked)) return undefined
  return deps.records.read((view) => view.instance(residence.instance))
}
