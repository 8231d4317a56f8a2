import { inspectionSchema } from '../worker/inspection.ts'
import { endpoint } from './endpoint.ts'
import { jobParams } from './jobs.ts'

/** Asked of its worker at that moment; a job that is on no instance has nothing to show. */
export const inspection = endpoint('inspection', {
  summary: 'What runs in a job now, and how full its disks are',
  params: jobParams,
  response: inspectionSchema,
})
