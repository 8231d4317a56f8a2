import { UserError, type VolumeId } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DataVolume, formatDataVolume, parseDataVolume, parseSupportedVolume } from './data-volume.ts'
import { readSubmission } from './submission.ts'

const KEYS = { accessKey: 'A', secret: 'sk+/=', token: 'T' }

const DISK = 'vol-0a1b' as VolumeId

test.each<[string, DataVolume | undefined]>([
  ['', undefined],
  ['  ', undefined],
  ['[size=10]:/data', { kind: 'newDisk', sizeGB: 10, mountPoint: '/data' }],
  ['[SIZE="3"]:/a//b/./', { kind: 'newDisk', sizeGB: 3, mountPoint: '/a/b' }],
  ['vol-0a1b:/mnt', { kind: 'existingDisk', id: DISK, mode: 'rw', mountPoint: '/mnt' }],
  ['[mode=r]vol-0a1b:/mnt', { kind: 'existingDisk', id: DISK, mode: 'r', mountPoint: '/mnt' }],
  [
    'nfs://1.2.3.4/dir:/local',
    { kind: 'nfs', host: '1.2.3.4', path: '/dir', mode: 'rw', mountPoint: '/local' },
  ],
  [
    '[mode=r,endpoint=H]s3://b/prefix/:/mnt',
    { kind: 's3', bucket: 'b', prefix: 'prefix', mode: 'r', endpoint: 'https://H', mountPoint: '/mnt' },
  ],
  [
    '[TOKEN=T,secret=sk+/=,Mode=rw,accessKey=A]s3://bucket:/bucket',
    { kind: 's3', bucket: 'bucket', prefix: '', mode: 'rw', keys: KEYS, mountPoint: '/bucket' },
  ],
  [
    '[endpoint=https://http://10.0.0.5:9000]S3://b/a:b:/mnt/',
    {
      kind: 's3',
      bucket: 'b',
      prefix: 'a:b',
      mode: 'rw',
      endpoint: 'http://10.0.0.5:9000',
      mountPoint: '/mnt',
    },
  ],
  ['[accesskey=,secret=]s3://b:/b', { kind: 's3', bucket: 'b', prefix: '', mode: 'rw', mountPoint: '/b' }],
  [
    'jfs://10.0.0.5:6868/1:/mnt/jfs',
    { kind: 'jfs', host: '10.0.0.5:6868', path: '/1', mode: 'rw', mountPoint: '/mnt/jfs' },
  ],
  [
    '[opts=" --cache-dir /c,]d "]jfs://h/1:/m',
    { kind: 'jfs', host: 'h', path: '/1', mode: 'rw', opts: ' --cache-dir /c,]d ', mountPoint: '/m' },
  ],
])('%s', (text, volume) => expect(parseDataVolume(text)).toEqual(volume))

test.each([
  ['[size=0]:/data', '--dataVolume size'],
  ['[size=ten]:/data', '--dataVolume size'],
  ['[]:/data', 'key size is missing'],
  [':/data', 'key size is missing'],
  ['[size=1]:data', 'mount point'],
  ['[size=1]/data', 'mount point'],
  ['[size=1]:/', 'may not be "/"'],
  ['[size=1]:/a/../b', '".."'],
  ['[size=1]:/a\nb', 'control character'],
  ['[size=1,colour=red]:/data', 'a new disk takes size'],
  ['[size=1,SIZE=2]:/data', 'stands in it twice'],
  ['[size]:/data', 'is not KEY=VALUE'],
  ['[size=1:/data', 'not closed'],
  ['[opts="a]nfs://h/d:/data', 'not closed'],
  ['[opts=a"b"c]nfs://h/d:/data', 'around a whole value'],
  ['"[size=1]:/data"', 'wrapped in quotes'],
  ["'nfs://h/d:/data'", 'wrapped in quotes'],
  ['s3://bucket', 'mount point'],
  ['nfs://h/d', 'mount point'],
  ['gs://b:/data', 'known are'],
  ['data:/data', 'known are'],
  ['vol-:/data', 'named vol-'],
  ['vol-a/b:/data', 'named vol-'],
  ['nfs://h:/data', 'a path'],
  ['nfs://u:p@h/d:/data', 'a host'],
  ['jfs://h:70000/1:/data', 'a host'],
  ['nfs://-o/d:/data', 'a host'],
  ['[mode=w]s3://b:/data', 'mode is r or rw'],
  ['[opts=x]s3://b:/data', 's3:// takes mode, endpoint'],
  ['[secret=x]nfs://h/d:/data', 'nfs:// takes mode, opts'],
  ['s3://:/data', 'name of a bucket'],
  ['s3://b/../c:/data', '".."'],
  ['[accesskey=A]s3://b:/data', 'given together'],
  ['[token=A]s3://b:/data', 'goes with accesskey'],
  ['[accesskey=A,secret=a{secret:b}]s3://b:/data', '{secret:NAME} and nothing else'],
  ['[accesskey={secret:a}{secret:b},secret=x]s3://b:/data', '{secret:NAME} and nothing else'],
  ['[endpoint=http://h/path]s3://b:/data', 'endpoint is'],
  ['[endpoint=u:p@h]s3://b:/data', 'endpoint is'],
  ['[endpoint=http://h:0]s3://b:/data', 'endpoint is'],
])('%s is refused by what is wrong with it', (text, sentence) =>
  expect(() => parseDataVolume(text)).toThrow(sentence),
)

test('JuiceFS is read, but not to be had: refused by name', () => {
  const text = '[opts=" --cache-dir /c ]"]jfs://10.0.0.5:6868/1:/mnt'
  const refusal = refusalOf(() => parseSupportedVolume(text))
  expect([refusal.kind, refusal.field]).toEqual(['notSupported', 'dataVolume'])
  expect(refusal.message).toContain('volumes of jfs:// are not supported yet')
})

test('a kept disk is asked for by its id, once', () => {
  const submission = (...dataVolumes: string[]) => readSubmission({ image: 'python', dataVolumes })
  expect(submission(`[mode=r]${DISK}:/in`).keptDisks).toEqual([{ id: DISK, mode: 'r', mountPoint: '/in' }])
  expect(() => submission(`${DISK}:/a`, `${DISK}:/b`)).toThrow(DISK)
})

test('a reference to a secret is shown, since it is none', () => {
  const text = '[mode=r,accesskey={secret:key-id},secret={secret:key},token=T]s3://b:/b'
  expect(formatDataVolume(parseDataVolume(text)!)).toBe(
    '[mode=r,accesskey={secret:key-id},secret={secret:key},token=***]s3://b:/b',
  )
})

const host = fc.constantFrom('10.0.0.5', 'nas.example.com', 'h:2049')
const path = fc
  .array(fc.stringMatching(/^[a-z0-9_ ,=-]{1,8}$/), { minLength: 1, maxLength: 4 })
  .map((parts) => `/a${parts.join('/')}z`)
const mounted = { mode: fc.constantFrom('r' as const, 'rw' as const), mountPoint: path }
const opts = fc.stringMatching(/^[a-z ,=[\]/-]{1,20}$/)
const SECRET = 'HUSH'
const secret = fc.stringMatching(/^[A-Za-z0-9+/=,\]" :@-]{0,6}$/).map((text) => `${SECRET}${text}${SECRET}`)

const exported = (kind: 'nfs' | 'jfs') =>
  fc.record(
    { kind: fc.constant(kind), host, path, opts, ...mounted },
    { requiredKeys: ['kind', 'host', 'path', 'mode', 'mountPoint'] },
  )
const keyless: fc.Arbitrary<DataVolume> = fc.oneof(
  fc.record({
    kind: fc.constant('newDisk' as const),
    sizeGB: fc.integer({ min: 1, max: 16_384 }),
    mountPoint: path,
  }),
  fc.record({
    kind: fc.constant('existingDisk' as const),
    id: fc.stringMatching(/^vol-[a-f0-9]{1,17}$/).map((id) => id as VolumeId),
    ...mounted,
  }),
  exported('nfs') as fc.Arbitrary<DataVolume>,
  exported('jfs') as fc.Arbitrary<DataVolume>,
  fc.record({
    kind: fc.constant('s3' as const),
    bucket: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/),
    prefix: path.map((text) => text.slice(1)),
    endpoint: host.map((name) => `http://${name}`),
    ...mounted,
  }),
)

test('what is printed reads back', () => {
  fc.assert(
    fc.property(keyless, (volume) => {
      expect(parseDataVolume(formatDataVolume(volume))).toEqual(volume)
    }),
  )
})

test('every key is hidden in what is printed', () => {
  fc.assert(
    fc.property(secret, fc.option(secret), (one, token) => {
      const keys = { accessKey: one, secret: one, ...(token === null ? {} : { token }) }
      const shown = formatDataVolume({
        kind: 's3',
        bucket: 'b',
        prefix: '',
        mode: 'r',
        keys,
        mountPoint: '/b',
      })
      expect(shown).not.toContain(SECRET)
      expect(parseDataVolume(shown)).toMatchObject({ bucket: 'b', mode: 'r', mountPoint: '/b' })
    }),
  )
})

test('a submission with keys in it, however mistyped, tells none of them', () => {
  const piece = fc.oneof(
    secret,
    fc.constantFrom(
      '[',
      ']',
      ',',
      '"',
      '=',
      ':',
      '/',
      's3://',
      'secret=',
      'accesskey=',
      'mode=',
      'vol-',
      ' ',
    ),
  )
  const spec = fc
    .array(piece, { minLength: 1, maxLength: 14 })
    .map((pieces) => `[secret=${SECRET}${pieces.join('')}`)
  fc.assert(
    fc.property(spec, (text) => {
      const told = inWords(() => readSubmission({ image: 'python', dataVolumes: [text] }).inputArgs)
      expect(told).not.toContain(SECRET)
    }),
  )
})

test('no text makes it fail with anything but a sentence', () => {
  const anything = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^\[.*\](s3|nfs):\/\//),
  )
  fc.assert(
    fc.property(anything, (text) => {
      try {
        parseDataVolume(text)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
      }
    }),
  )
})

const refusalOf = (deed: () => unknown): UserError => {
  try {
    deed()
  } catch (error) {
    if (error instanceof UserError) return error
  }
  throw new Error('nothing was refused')
}

const inWords = (deed: () => string): string => {
  try {
    return deed()
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}
