import { UserError } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDataVolume, parseDataVolume } from './data-volume.ts'

test.each([
  ['[size=10]:/data', { sizeGB: 10, mountPoint: '/data' }],
  ['[SIZE="3"]:/a/b/', { sizeGB: 3, mountPoint: '/a/b' }],
  ['', undefined],
])('%s', (text, disk) => expect(parseDataVolume(text)).toEqual(disk))

test.each([
  ['[size=0]:/data', '--dataVolume size'],
  ['[size=ten]:/data', '--dataVolume size'],
  ['[]:/data', 'key size is missing'],
  [':/data', 'key size is missing'],
  ['[size=1]:data', 'mount point'],
  ['[size=1]/data', 'mount point'],
  ['[size=1]:/', 'mount point'],
  ['[size=1]:/a/../b', '".."'],
  ['[size=1,colour=red]:/data', 'unknown key "colour"'],
  ['[size=1:/data', 'not closed'],
  ['"[size=1]:/data"', 'wrapped in quotes'],
])('%s is refused with its key', (text, sentence) => expect(() => parseDataVolume(text)).toThrow(sentence))

test.each([
  ['nfs://1.2.3.4/dir:/local', 'nfs://'],
  ['[mode=rw,accesskey=AKIA,secret=hush+/=]s3://b:/b', 's3://'],
  ['[opts=" --cache-dir /c ]"]jfs://10.0.0.5:6868/1:/mnt', 'jfs://'],
  ['vol-0a1b:/mnt', 'existing disk'],
])('%s is refused by name, without its keys', (text, name) => {
  expect.assertions(3)
  try {
    parseDataVolume(text)
  } catch (error) {
    expect((error as UserError).kind).toBe('notSupported')
    expect((error as UserError).message).toContain(name)
    expect((error as UserError).message).not.toMatch(/hush|AKIA/)
  }
})

test('what is printed reads back', () => {
  const path = fc
    .array(fc.stringMatching(/^[a-z0-9_-]{1,8}$/), { minLength: 1, maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16_384 }), path, (sizeGB, mountPoint) => {
      expect(parseDataVolume(formatDataVolume({ sizeGB, mountPoint }))).toEqual({ sizeGB, mountPoint })
    }),
  )
})

test('no text makes it fail with anything but a sentence', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseDataVolume(text)
      } catch (error) {
        expect(error).toBeInstanceOf(UserError)
      }
    }),
  )
})
