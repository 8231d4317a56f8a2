import { expect, test } from 'vitest'
import { noAnswerIn } from './inspect-registry.ts'

/** Words of skopeo 1.9 and 1.18. */
test.each([
  [
    'pinging container registry 127.0.0.1:9: Get "https://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused',
    'the registry 127.0.0.1:9',
  ],
  [
    'pinging container registry registry-1.docker.io: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    'the registry registry-1.docker.io',
  ],
  [
    'reading manifest 1 in quay.io/a/b: received unexpected HTTP status: 503 Service Unavailable',
    'its registry',
  ],
  [
    'reading manifest 1 in docker.io/library/b: toomanyrequests: You have reached your pull rate limit',
    'its registry',
  ],
  ['reading manifest 1 in quay.io/a/b: manifest unknown', undefined],
  ['reading manifest 1 in docker.io/a/b: requested access to the resource is denied', undefined],
  ['invalid reference format', undefined],
])('%s', (stderr, who) => {
  expect(noAnswerIn({ stderr })?.who).toBe(who)
})

test('what takes too long has not answered', () => {
  expect(noAnswerIn({ killed: true, stderr: '' })?.who).toBe('its registry')
})
