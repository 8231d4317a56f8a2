import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatContainerOptions,
  parseContainerOptions,
  parseDirMap,
  readDirMaps,
  readHook,
} from './host-options.ts'

test('a directory of the instance and where the program sees it', () => {
  expect(parseDirMap('/mnt/shared/:/data/in/')).toEqual({ host: '/mnt/shared', container: '/data/in' })
  expect(readDirMaps(['/srv/a:/a', ''])).toEqual([{ host: '/srv/a', container: '/a' }])
})

test.each([
  ['/mnt/x', 'is not HOST:CONTAINER'],
  ['mnt/x:/x', 'is not HOST:CONTAINER'],
  ['/mnt/x:/x:ro', 'is not HOST:CONTAINER'],
  ['/mnt/../etc:/x', 'is not HOST:CONTAINER'],
  ['/etc:/x', "/etc is the instance's own"],
  ['/mnt:/x', "/mnt is the instance's own"],
  ['/mnt/job/live:/x', "/mnt/job/live is the instance's own"],
  ['/mnt/a:/', '/ is taken in the container'],
  ['/mnt/a:/mnt/float/logs', 'is taken in the container'],
])('%s is refused', (text, sentence) => expect(() => parseDirMap(text)).toThrow(sentence))

test('two things in one place are refused', () =>
  expect(() => readDirMaps(['/mnt/a:/x', '/mnt/b:/x/'])).toThrow('--dirMap: directory /x is given twice'))

test('what docker calls so is taken, in either way of writing it', () => {
  expect(parseContainerOptions('--shm-size 8g -w /srv')).toEqual({ shmBytes: 8 * 2 ** 30, workdir: '/srv' })
  expect(parseContainerOptions('--shm-size=64m')).toEqual({ shmBytes: 64 * 2 ** 20 })
})

test.each([
  ['--privileged', '--privileged would let the job out'],
  ['-v /:/host', '-v would let the job out'],
  ['--shm-size big', '--shm-size "big" is not a size'],
  ['--shm-size 0', 'is not a size'],
  ['--workdir here', '--workdir "here" is not an absolute directory'],
])('%s is refused', (text, sentence) => expect(() => parseContainerOptions(text)).toThrow(sentence))

test('options are written as they are read', () => {
  const options = fc.record(
    { shmBytes: fc.integer({ min: 1, max: 2 ** 31 }), workdir: fc.constantFrom('/a', '/a/b') },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(options, (given) => {
      const text = formatContainerOptions(given)
      expect(text === '' ? {} : parseContainerOptions(text)).toEqual(given)
    }),
  )
})

test.each([
  ['echo hi', 'must begin with "#!"'],
  ['#!/bin/sh\0', 'holds a zero byte'],
  ['#!/bin/sh\r\n', 'line ends of Windows'],
])('a hook %j is refused', (script, sentence) =>
  expect(() => readHook('--hostInit', script)).toThrow(
    `--hostInit: the script ${sentence.replace(/^line/, 'has the line')}`,
  ),
)
