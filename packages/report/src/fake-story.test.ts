import { eventSchema } from '@mmcloud/contract/rest/events'
import { jobSchema } from '@mmcloud/contract/rest/jobs'
import { jobCostSchema } from '@mmcloud/contract/rest/costs'
import { jobInstanceSchema, migrationSchema } from '@mmcloud/contract/rest/migrations'
import { usageSchema } from '@mmcloud/contract/rest/samples'
import { expect, test } from 'vitest'
import { STORIES } from './fake-stories.ts'

test.each(Object.entries(STORIES))('%s is what the API may answer', (_, make) => {
  const { job, instances, migrations, events, cost, usage } = make()
  expect(jobSchema.parse(job)).toEqual(job)
  expect(jobInstanceSchema.array().parse(instances)).toEqual(instances)
  expect(migrationSchema.array().parse(migrations)).toEqual(migrations)
  expect(eventSchema.array().parse(events)).toEqual(events)
  expect(jobCostSchema.parse(cost)).toEqual(cost)
  if (usage.at.length > 0) expect(usageSchema.parse(usage)).toEqual(usage)
})
