import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JobId } from '@mmcloud/domain'
import fc from 'fast-check'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'

/** A disk that takes so many bytes in one write, and so many in all, and may fail to keep them. */
const disk = vi.hoisted(() => ({ atOnce: Infinity, room: Infinity, keeps: true }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>()
  const open: typeof real.open = async (...place) => {
    const handle = await real.open(...place)
    const write = handle.write.bind(handle) as (...call: [Buffer, number, number, number]) => Promise<unknown>
    const datasync = handle.datasync.bind(handle)
    Object.assign(handle, {
      write: async (bytes: Buffer, from: number, length: number, at: number) => {
        const taken = Math.min(length, disk.atOnce, disk.room)
        if (taken === 0 && length > 0) throw new Error('ENOSPC')
        disk.room -= taken
        return write(bytes, from, taken, at)
      },
      datasync: () => (disk.keeps ? datasync() : Promise.reject(new Error('EIO'))),
    })
    return handle
  }
  return { ...real, open }
})
const { LogMirror, readRange } = await import('./log-mirror.ts')

const JOB = 'j'.repeat(21) as JobId
const FILE = 'stdout.autosave'

afterEach(() => void Object.assign(disk, { atOnce: Infinity, room: Infinity, keeps: true }))

const openMirror = (): InstanceType<typeof LogMirror> => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-logs-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return new LogMirror(dir)
}
const text = async (mirror: InstanceType<typeof LogMirror>, file = FILE): Promise<string> =>
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

test('what the disk takes in parts is written whole', async () => {
  const mirror = openMirror()
  disk.atOnce = 3
  expect(await mirror.append(JOB, FILE, 0, Buffer.from('hello world'), false)).toBe(11)
  expect(await text(mirror)).toBe('hello world')
})

test('of a chunk that does not fit nothing is acknowledged, and nothing stays', async () => {
  const mirror = openMirror()
  await mirror.append(JOB, FILE, 0, Buffer.from('one '), false)
  disk.atOnce = 2
  disk.room = 3
  await expect(mirror.append(JOB, FILE, 4, Buffer.from('two three'), false)).rejects.toThrow('ENOSPC')
  expect(await mirror.sizes(JOB)).toEqual({ [FILE]: 4 })
  disk.room = Infinity
  expect(await mirror.append(JOB, FILE, 4, Buffer.from('two three'), false)).toBe(13)
  expect(await text(mirror)).toBe('one two three')
})

test('what was written but is not on the disk does not count', async () => {
  const mirror = openMirror()
  await mirror.append(JOB, FILE, 0, Buffer.from('one '), false)
  disk.keeps = false
  await expect(mirror.append(JOB, FILE, 4, Buffer.from('two'), false)).rejects.toThrow('EIO')
  await expect(mirror.sizes(JOB)).rejects.toThrow('EIO')
  disk.keeps = true
  expect(await mirror.sizes(JOB)).toEqual({ [FILE]: 4 })
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
