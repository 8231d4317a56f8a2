import { expect, test } from 'vitest'
import type { World } from '../world.ts'
import { jobScript } from './job-script.ts'

const asked: { url: string; headers: Readonly<Record<string, string>> }[] = []
const world = (env: World['env'], text = '#!/bin/sh\ntrue\n'): World => {
  asked.length = 0
  const fetchText: World['fetchText'] = (url, headers) => {
    asked.push({ url, headers })
    return Promise.resolve(text)
  }
  return { env, fetchText, readFile: () => text } as Partial<World> as World
}
const KEYS = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'hush' }

test('a script behind a URL is what it says', async () => {
  expect(await jobScript('HTTPS://host/a%20b.sh?x=1', world({}))).toBe('#!/bin/sh\ntrue\n')
  expect(asked).toEqual([{ url: 'HTTPS://host/a%20b.sh?x=1', headers: {} }])
})

test('an object is asked for at the endpoint of the environment, signed by its keys', async () => {
  const env = {
    ...KEYS,
    AWS_SESSION_TOKEN: 'tok',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:7070/',
    AWS_REGION: 'eu-west-1',
  }
  await jobScript('s3://bucket/dir/a b.sh', world(env))
  expect(asked[0]?.url).toBe('http://127.0.0.1:7070/bucket/dir/a%20b.sh')
  const { authorization, 'x-amz-security-token': token } = asked[0]!.headers
  expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request, /)
  expect(token).toBe('tok')
  expect(JSON.stringify(asked)).not.toContain('hush')
})

test('without keys an object is asked for as everybody may', async () => {
  await jobScript('s3://bucket/a.sh', world({}))
  expect(asked).toEqual([{ url: 'https://bucket.s3.us-east-1.amazonaws.com/a.sh', headers: {} }])
})

test.each(['s3://b/run.py', 'https://h/run.py', 'run.py'])('%s without "#!" is refused', async (from) => {
  await expect(jobScript(from, world({}, 'print(1)\n'))).rejects.toThrow(
    'make its first line #!/usr/bin/env python3',
  )
})
