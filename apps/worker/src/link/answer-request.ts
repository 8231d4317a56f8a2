import { type FromWorker, type ToWorker, WORKER_METHODS } from '@mmcloud/contract'
import { healthRows } from '../health/health-rows.ts'
import { inspect } from '../inspect/inspect.ts'
import type { JobRunner } from '../runner/job-runner.ts'
import { Refusal } from './refusal.ts'

type Request = Extract<ToWorker, { type: 'request' }>
type Response = Extract<FromWorker, { type: 'response' }>

/** The OpCenter has one or two requests open at a time. */
const ANSWERS_KEPT = 32

/**
 * Does what the OpCenter asks and answers with the result or a sentence. A request that comes again, because its answer
 * did not arrive or is long in coming, is not carried out again: it gets the answer of the first.
 */
export const answering = (
  carryOut: (request: Request) => Promise<unknown>,
): ((request: Request) => Promise<Response>) => {
  const answers = new Map<string, Promise<Response>>()
  return (request) => {
    const before = answers.get(request.requestId)
    if (before) return before
    const answer = answerOf(carryOut, request)
    answers.set(request.requestId, answer)
    const [oldest] = answers.keys()
    if (answers.size > ANSWERS_KEPT) answers.delete(oldest!)
    return answer
  }
}

const answerOf = async (
  carryOut: (request: Request) => Promise<unknown>,
  request: Request,
): Promise<Response> => {
  const { requestId } = request
  try {
    return { type: 'response', requestId, result: await carryOut(request) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const cause = error instanceof Refusal ? { cause: error.refusal } : {}
    return { type: 'response', requestId, error: { message, ...cause } }
  }
}

/** What each request means for the job of this instance. */
export const carryOut = async (runner: JobRunner, { method, params }: Request): Promise<unknown> => {
  switch (method) {
    case 'mountVolumes':
      return runner.mountVolumes(WORKER_METHODS.mountVolumes.params.parse(params))
    case 'startJob':
      return runner.startJob(WORKER_METHODS.startJob.params.parse(params))
    case 'restoreJob':
      return runner.restoreJob(WORKER_METHODS.restoreJob.params.parse(params))
    case 'captureJob':
      return runner.captureJob(WORKER_METHODS.captureJob.params.parse(params))
    case 'stopJob':
      return runner.stopJob(WORKER_METHODS.stopJob.params.parse(params))
    case 'releaseVolumes':
      return runner.releaseVolumes()
    case 'setBrake':
      return runner.setBrake(WORKER_METHODS.setBrake.params.parse(params))
    case 'terminateHost':
      return runner.terminateHost(WORKER_METHODS.terminateHost.params.parse(params))
    case 'inspectJob':
      return inspect(runner.volumes)
    case 'health':
      return { rows: await healthRows() }
  }
}
