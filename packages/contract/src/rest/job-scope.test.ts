import { expect, test } from 'vitest'
import { inJobScope, readJobCall } from './job-scope.ts'
import { ROUTES, type RouteName } from './routes.ts'

const OWN = '/api/v1/jobs/abc'

test.each([
  ['GET', '/api/v1/version', 'version', undefined],
  ['GET', OWN, 'job', 'abc'],
  ['PATCH', OWN, 'modifyJob', 'abc'],
  ['POST', `${OWN}/migrate`, 'migrateJob', 'abc'],
  ['GET', `${OWN}/events?after=3`, 'events', 'abc'],
  ['GET', `${OWN}/logs/stdout.autosave?offset=-10`, 'logBytes', 'abc'],
  ['GET', '/api/v1/secrets/db-pass_1', 'secret', undefined],
])('%s %s is %s', (method, path, name, job) => {
  expect(readJobCall(method, path)).toEqual({ name, ...(job ? { job } : {}), path })
})

test.each([
  ['DELETE', OWN],
  ['POST', '/api/v1/jobs'],
  ['POST', `${OWN}/drill`],
  ['POST', `${OWN}/resume`],
  ['GET', '/api/v1/jobSummaries'],
  ['GET', '/api/v1/login'],
  ['GET', '/api/v1/secrets'],
  ['POST', '/api/v1/secrets'],
  ['DELETE', '/api/v1/secrets/a'],
  ['GET', '/v2/'],
  ['GET', '/worker/worker.mjs'],
  ['HEAD', OWN],
  ['GET', `${OWN}/`],
  ['GET', `${OWN}/../other`],
  ['GET', '/api/v1/jobs/..'],
  ['GET', '/api/v1/jobs/a%2Fb'],
  ['GET', `${OWN}#?`],
  ['GET', `//host${OWN}`],
  ['GET', `https://host${OWN}`],
  ['GET', `${OWN}/events?after=${'9'.repeat(2000)}`],
  ['GET', ''],
])('%s %s is none of a job', (method, path) => {
  expect(readJobCall(method, path)).toBeUndefined()
})

test('a job may look at itself, change how it runs and read secrets, and nothing else', () => {
  expect((Object.keys(ROUTES) as RouteName[]).filter(inJobScope).toSorted()).toEqual(
    [
      'version',
      'job',
      'modifyJob',
      'suspendJob',
      'migrateJob',
      'snapshotJob',
      'events',
      'migrations',
      'instances',
      'samples',
      'inspection',
      'jobCost',
      'logs',
      'logBytes',
      'secret',
    ].toSorted(),
  )
})
