import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CLIENT = join(process.env['MMCLOUD_CACHE'] ?? '/var/cache/mmcloud', 'clients/schemathesis')
/** What every answer must hold to; that grammars refuse texts which the schema allows is what they are for. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
]

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

/** As they stand: nothing is made tidy on the way. */
const curl = async (path: string, ...flags: string[]): Promise<{ status: string; text: string }> => {
  const how = ['-sk', '--path-as-is', '-u', `admin:${product.password}`, '-w', '\n%{http_code}']
  const asked = promisify(execFile)('curl', [...how, ...flags, `${product.url}${path}`])
  // Who is cut off while still sending may lose the answer: then its status is what came before, 100 or 000.
  const { stdout } = await asked.catch((failed: { stdout: string }) => failed)
  const lines = stdout.split('\n')
  return { status: lines.at(-1) ?? '', text: lines.slice(0, -1).join('\n') }
}

test.each([
  '..%2f..%2fopencenter.db',
  '%2e%2e%2f%2e%2e%2fworker-key',
  '..%5c..%5cx',
  '%00',
  '.hidden',
  '../../x',
])('the name %s of a log file leads nowhere', async (name) => {
  const job = await product.submit('#!/bin/sh\ntrue\n', '-c', '1', '-m', '1')
  const { status, text } = await curl(`/api/v1/jobs/${job}/logs/${name}`)
  expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([
    expect.stringMatching(/^40[04]$/),
    expect.arrayContaining(['code', 'message']),
  ])
  await product.status(job, ['Completed'])
})

test('a body that is too large is refused, and the OpCenter lives on', async () => {
  const file = join(product.dataDir, 'large.json')
  await writeFile(file, JSON.stringify({ image: 'python', jobContent: 'x'.repeat(9 * 2 ** 20) }))
  const { status } = await curl(
    '/api/v1/jobs',
    '-H',
    'content-type: application/json',
    '--data-binary',
    `@${file}`,
  )
  expect(status).toMatch(/^(413|100|000)$/)
  const large = await curl('/api/v1/status', '-H', `x: ${'y'.repeat(100_000)}`)
  expect(large.status).toMatch(/^(431|000)$/)
  expect(await product.float('status')).toContain('License Status: valid')
})

/** The last one: it makes users and may end every session. */
test('schemathesis finds no 5xx, no hang and no answer that the document does not describe', async () => {
  const flags = ['--tls-verify', 'false', '--auth', `admin:${product.password}`, '--checks', CHECKS.join(',')]
  // A stream does not end; it is tested beside its code.
  const more = ['--exclude-operation-id', 'sampleStream', '--phases', 'coverage,fuzzing', '-n', '16']
  const bounded = ['--request-timeout', '10', '--seed', '1', '--no-color']
  const { stdout } = await promisify(execFile)(
    'python3',
    ['-m', 'schemathesis.cli', 'run', `${product.url}/api/v1/openapi.json`, ...flags, ...more, ...bounded],
    {
      cwd: product.dataDir,
      env: { ...process.env, PYTHONPATH: CLIENT, PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 2 ** 26,
    },
  ).catch((failed: { stdout: string }) => Promise.reject(new Error(failed.stdout)))
  expect(Number(/(\d+) generated, \1 passed/.exec(stdout)?.[1])).toBeGreaterThan(1000)
})
