import { expect, test } from 'vitest'
import { parseStorage, parseStorageUse, volumeForUse } from './storage.ts'
import { readSubmission } from './submission.ts'

const SHELF = '[mode=r,accesskey={secret:a},secret={secret:b}]s3://shelf/in:/in'

test.each([
  ['', undefined],
  ['shelf', { name: 'shelf' }],
  [' my.shelf-1:/data/x ', { name: 'my.shelf-1', mountPoint: '/data/x' }],
])('%j', (text, use) => expect(parseStorageUse(text)).toEqual(use))

test.each(['-x', 'a b', ':/data', 's3://b:/data', 'a/b', 'a:', 'a:data', 'a:/b:/c'])(
  '%j is no name of a storage',
  (text) => expect(() => parseStorageUse(text)).toThrow('--storage: write NAME[:/MOUNT]'),
)

test.each([
  ['', 'the volume is missing'],
  ['[size=1]:/data', 'made for each job'],
  ['jfs://h/1:/data', 'not supported yet'],
  ['s3://b', 'mount point'],
])('%j cannot be registered', (text, words) => expect(() => parseStorage(text)).toThrow(words))

test('it is mounted where it was registered for, or where the job wants it', () => {
  expect(volumeForUse(SHELF, { name: 'shelf' })).toBe(SHELF)
  expect(volumeForUse(SHELF, { name: 'shelf', mountPoint: '/other' })).toBe(
    SHELF.replace(/:\/in$/, ':/other'),
  )
})

test('a job that names storage is read, and a bad name refused', () => {
  expect(readSubmission({ image: 'a', storage: ['shelf:/x'] })).not.toHaveProperty('mounts')
  expect(() => readSubmission({ image: 'a', storage: ['-x'] })).toThrow('--storage')
})
