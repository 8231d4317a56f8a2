import { type FromWorker, type ToWorker, WORKER_METHODS } from '@mmcloud/contract'
import { healthRows } from '../health/health-rows.ts'
import type { JobRunner } from '../runner/job-runner.ts'

type Request = Extract<ToWorker, { type: 'request' }>

/** Does what the OpCenter asks and answers with the result or a sentence. */
export const answerRequest = async (runner: JobRunner, request: Request): Promise<FromWorker> => {
  const { requestId } = request
  try {
    return { type: 'response', requestId, result: await carryOut(runner, request) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { type: 'response', requestId, error: { message } }
  }
}

const carryOut = async (runner: JobRunner, { method, params }: Request): Promise<unknown> => {
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
    case 'health':
      return { rows: await healthRows() }
  }
}
