import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobId } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { LogMirror, readRange } from './log-mirror.ts'

const JOB = 'j'.repeat(21) as JobId
const FILE = 'stdout.autosave'

const openMirror = (): LogMirror => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-logs-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return new LogMirror(dir)
}
const text = async (mirror: LogMirror, file = FILE): Promise<string> =>
  (await mirror.read(JOB, file, 0, 1_000)).bytes.toString()

test('chunks that come twice are written once, and a hole is not written', async () => {
  const mirror = openMirror()
  expect(await mirror.append(JOB, FILE, 0, Buffer.from('hello '), false)).toBe(6)
  expect(await mirror.append(JOB, FILE, 0, Buffer.from('hello wo'), false)).toBe(8)
  expect(await mirror.append(JOB, FILE, 2, Buffer.from('llo'), false)).toBe(8)
  expect(await mirror.append(JOB, FILE, 10, Buffer.from('ld'), false)).toBe(8)
  expect(await mirror.append(JOB, FILE, 8, Buffer.from('rld'), false)).toBe(11)
  expect(await text(mirror)).toBe('hello world')
  expect(await mirror.sizes(JOB)).toEqual({ [FILE]: 11 })
})

test('going back cuts the file', async () => {
  const mirror = openMirror()
  await mirror.append(JOB, FILE, 0, Buffer.from('one two three'), false)
  expect(await mirror.append(JOB, FILE, 4, Buffer.from('2'), true)).toBe(5)
  expect(await text(mirror)).toBe('one 2')
})

test('rotating twice keeps the next attempt where it is', async () => {
  const mirror = openMirror()
  await mirror.append(JOB, FILE, 0, Buffer.from('first'), false)
  await mirror.rotate(JOB, 1)
  await mirror.append(JOB, FILE, 0, Buffer.from('second'), false)
  await mirror.rotate(JOB, 1)
  expect(await text(mirror)).toBe('second')
  expect(await text(mirror, `${FILE}.1`)).toBe('first')
})

test.each(['../secret', '..', '.hidden', 'a/b', '', 'a\0b'])('the name %j is refused', async (file) => {
  const mirror = openMirror()
  await expect(mirror.append(JOB, file, 0, Buffer.from('x'), false)).rejects.toThrow('Invalid argument')
  await expect(mirror.read('../..' as JobId, FILE, 0, 1)).rejects.toThrow('Resource not found')
  await expect(mirror.read(JOB, FILE, 0, 1)).rejects.toThrow('Resource not found')
})

test('a range lies inside the file, whatever is asked for', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer(), fc.nat(), (size, offset, length) => {
      const { start, end } = readRange(size, offset, length)
      expect(0 <= start && start <= end && end <= size && end - start <= length).toBe(true)
    }),
  )
})
