import { expect, test } from 'vitest'
import { isForWorkers } from './for-workers.ts'

const MIGRATE = '/api/v1/jobs/a/migrate'
const authorization = 'Worker i-1:own'

test.each([
  ['GET', '/worker/worker.mjs', {}, true],
  ['GET', '/v2/', {}, true],
  ['POST', MIGRATE, { authorization }, true],
  ['POST', MIGRATE, { authorization, 'content-length': '65536' }, true],
  ['POST', MIGRATE, { authorization, 'content-length': '65537' }, false],
  ['POST', MIGRATE, { authorization, 'transfer-encoding': 'chunked' }, false],
  ['POST', MIGRATE, {}, false],
  ['POST', MIGRATE, { authorization: 'Basic YWRtaW46eA==' }, false],
  ['POST', '/api/v1/jobs', { authorization }, false],
  ['GET', '/api/v1/login', { authorization }, false],
  ['GET', '/metrics', { authorization }, false],
])('%s %s with %j: %s', (method, url, headers, there) => {
  expect(isForWorkers({ method, url, headers })).toBe(there)
})
