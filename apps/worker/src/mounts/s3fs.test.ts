import { expect, test } from 'vitest'
import { type BucketParams, s3fsArguments, s3fsEnvironment, s3fsReason } from './s3fs.ts'

const KEYS = { accessKey: 'AKIA', secret: 'hush+/=' }
const bucket: BucketParams = { kind: 's3', bucket: 'b', prefix: '', mode: 'rw', mountPoint: '/data' }

test('a bucket of the cloud, for anybody', () => {
  const args = s3fsArguments(bucket, '/mnt/x')
  expect(args.slice(0, 3)).toEqual(['b', '/mnt/x', '-f'])
  expect(args).toContain('public_bucket=1')
  expect(args).not.toContain('ro')
  expect(args.join(' ')).not.toContain('url=')
  expect(s3fsEnvironment(bucket)).toEqual({})
})

test('keys are in the environment and in no argument', () => {
  const mount = { ...bucket, prefix: 'a/b', endpoint: 'http://h:1', keys: { ...KEYS, token: 'T' } }
  const args = s3fsArguments({ ...mount, mode: 'r' }, '/mnt/x')
  expect(args[0]).toBe('b:/a/b')
  expect(args).toEqual(expect.arrayContaining(['url=http://h:1', 'use_path_request_style', 'ro']))
  expect(args).toContain('use_session_token')
  expect(args).not.toContain('public_bucket=1')
  expect(args.join(' ')).not.toMatch(/AKIA|hush|=T\b/)
  expect(s3fsEnvironment(mount)).toEqual({
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: 'hush+/=',
    AWS_SESSION_TOKEN: 'T',
  })
})

const at =
  '2026-11-24T01:07:51.071Z [CRT] s3fs.cpp:s3fs_check_service(4495): Failed to check bucket and directory for mount point'
test.each([
  [
    `x\n${at} : Invalid Credentials(host=http://h:1, message=The signature (yours) is wrong.)\n`,
    'Invalid Credentials: The signature (yours) is wrong.',
  ],
  [`${at} : Unable to connect(host=http://h:1, message=)`, 'Unable to connect'],
  [
    's3fs: could not determine how to establish security credentials.\nx',
    's3fs: could not determine how to establish security credentials.',
  ],
  ['fuse: device not found', 'fuse: device not found'],
  ['', 's3fs ended by itself'],
])('%j is told as what stands in the way', (log, reason) => expect(s3fsReason(log)).toBe(reason))
