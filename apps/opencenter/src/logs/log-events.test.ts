import { openStore } from '@mmcloud/store'
import { expect, test } from 'vitest'
import { aJob } from '../http/test-api.ts'
import { logEvents } from './log-events.ts'

test('an event is in the log when it is durable, and not before', async () => {
  const lines: [object, string][] = []
  const log = {
    info: (fields: object, text: string) => void lines.push([fields, text]),
    warn: () => undefined,
    error: () => undefined,
  }
  const records = logEvents(openStore(':memory:').records, log)
  const job = aJob('j'.repeat(21))
  const event = {
    at: 1,
    from: 'Submitted',
    to: 'Submitted',
    reason: 'drillAsked',
    numbers: { user: 'ada', noticeSeconds: 5 },
  } as const
  await records.write(async (tx) => {
    await tx.insertJob(job)
    await tx.addEvent(job.id, event)
    expect(lines).toEqual([])
  })
  expect(lines).toMatchObject([
    [{ job: job.id, status: 'Submitted', reason: 'drillAsked' }, 'reclaim drill asked by ada: notice 5 s'],
  ])
  const failed = records.write(async (tx) => {
    await tx.addEvent(job.id, event)
    throw new Error('rolled back')
  })
  await expect(failed).rejects.toThrow('rolled back')
  expect(lines).toHaveLength(1)
  await records.close()
})
