import type { InstanceId } from '@mmcloud/domain'
import { expect, test } from 'vitest'
import { aJob, openTestApi } from './test-api.ts'

const ID = 'j'.repeat(21)
const on = (instance: string) =>
  aJob(ID, { status: 'Executing', residence: { kind: 'running', instance: instance as InstanceId } })

test('what runs in a job is asked of its worker', async () => {
  const { call, records } = await openTestApi()
  await records.write((tx) => tx.insertJob(on('i-1')))
  const { status, body } = await call('GET', `/api/v1/jobs/${ID}/inspection`)
  expect([status, body['disks']]).toEqual([200, [{ mountPoint: '/', bytes: 4, usedBytes: 1, freeBytes: 3 }]])
})

test.each([
  [aJob(ID), 'it runs on no instance now'],
  [on('i-2'), 'does not answer now'],
])('where nobody can be asked that is said', async (job, words) => {
  const { call, records } = await openTestApi()
  await records.write((tx) => tx.insertJob(job))
  const { status, body } = await call('GET', `/api/v1/jobs/${ID}/inspection`)
  expect([status, body['message']]).toEqual([409, expect.stringContaining(words)])
})
