import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FromWorker } from '@mmcloud/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const places = vi.hoisted(() => ({ logs: '' }))
vi.mock('../system/places.ts', () => ({
  jobPlaces: {
    get logs() {
      return places.logs
    },
  },
}))
const { LogShipper } = await import('./log-shipper.ts')

const OUT = 'stdout.autosave'
const KIB = 1024

let truncated: Record<string, number>
let shipper: InstanceType<typeof LogShipper>
beforeEach(() => {
  places.logs = mkdtempSync(join(tmpdir(), 'mmw-ship-'))
  truncated = {}
  shipper = new LogShipper(
    () => ({ jobId: 'job1', truncated }),
    (file) => {
      const { [file]: _shipped, ...rest } = truncated
      truncated = rest
    },
  )
})
afterEach(() => rmSync(places.logs, { recursive: true }))

type Chunk = Extract<FromWorker, { type: 'log' }>
const ship = (): Chunk[] => {
  const sent: Chunk[] = []
  shipper.ship((message) => sent.push(message as Chunk))
  return sent
}
const write = (text: string, file = OUT): void => appendFileSync(join(places.logs, file), text)
const text = (chunks: Chunk[]): string =>
  chunks.map(({ data }) => Buffer.from(data, 'base64').toString()).join('')

test('without a link nothing is sent, and nothing counts as shipped', () => {
  write('line\n')
  expect(ship()).toEqual([])
  expect(shipper.done).toBe(false)
})

test('goes on from what the OpCenter says it has, and is done when that has every byte', () => {
  write('one two')
  shipper.connected({ [OUT]: 4 })
  expect(ship()).toEqual([
    { type: 'log', jobId: 'job1', file: OUT, offset: 4, data: Buffer.from('two').toString('base64') },
  ])
  expect(ship()).toEqual([])
  expect(shipper.done).toBe(false)
  shipper.acknowledged(OUT, 7)
  expect(shipper.done).toBe(true)
  write('!')
  expect(shipper.done).toBe(false)
})

test('runs at most a window ahead of what was acknowledged', () => {
  write('x'.repeat(3000 * KIB))
  shipper.connected({})
  expect(text(ship())).toHaveLength(1024 * KIB)
  expect(ship()).toEqual([])
  shipper.acknowledged(OUT, 512 * KIB)
  const next = ship()
  expect(next[0]?.offset).toBe(1024 * KIB)
  expect(text(next)).toHaveLength(512 * KIB)
})

test('after a broken link it sends again what was not acknowledged', () => {
  write('abcdef')
  shipper.connected({})
  expect(text(ship())).toBe('abcdef')
  shipper.disconnected()
  shipper.connected({ [OUT]: 2 })
  expect(text(ship())).toBe('cdef')
})

test('a file that went back is cut at the OpCenter first, once', () => {
  write('kept')
  truncated = { [OUT]: 4 }
  shipper.connected({ [OUT]: 9 })
  expect(shipper.done).toBe(false)
  expect(ship()).toEqual([{ type: 'log', jobId: 'job1', file: OUT, offset: 4, truncate: true, data: '' }])
  expect(ship()).toEqual([])
  expect(truncated).toEqual({ [OUT]: 4 })
  shipper.acknowledged(OUT, 4)
  expect(truncated).toEqual({})
  write(' and on')
  const [chunk] = ship()
  expect(chunk).toMatchObject({ offset: 4 })
  expect(chunk?.truncate).toBeUndefined()
  expect(text([chunk!])).toBe(' and on')
})

test('a file that did not exist yet when the job went back is cut to nothing', () => {
  truncated = { [OUT]: 0 }
  shipper.connected({ [OUT]: 9 })
  expect(ship()).toEqual([{ type: 'log', jobId: 'job1', file: OUT, offset: 0, truncate: true, data: '' }])
  shipper.acknowledged(OUT, 0)
  expect(truncated).toEqual({})
  expect(ship()).toEqual([])
  expect(shipper.done).toBe(true)
})

test('a file that went back is cut though the OpCenter had less when the link was made', () => {
  write('kept')
  truncated = { [OUT]: 4 }
  shipper.connected({ [OUT]: 2 })
  expect(ship().map(({ offset, truncate, data }) => [offset, truncate, data])).toEqual([
    [4, true, ''],
    [2, undefined, Buffer.from('pt').toString('base64')],
  ])
  shipper.acknowledged(OUT, 2)
  expect(truncated).toEqual({})
  shipper.acknowledged(OUT, 4)
  expect(shipper.done).toBe(true)
})

test('what did not fit, since the OpCenter had more than it said, is sent again from where that ends', () => {
  write('one two three')
  truncated = { [OUT]: 8 }
  shipper.connected({})
  expect(ship().map(({ offset, truncate = false }) => [offset, truncate])).toEqual([
    [8, true],
    [0, false],
  ])
  // It had more, is cut to this, and what begins at 0 does not follow on it.
  shipper.acknowledged(OUT, 8)
  shipper.acknowledged(OUT, 8)
  expect(text(ship())).toBe('three')
  shipper.acknowledged(OUT, 13)
  expect(shipper.done).toBe(true)
})

test('a cut whose answer is lost with the link is asked for again on the next one', () => {
  write('kept')
  truncated = { [OUT]: 4 }
  shipper.connected({ [OUT]: 9 })
  ship()
  shipper.disconnected()
  shipper.connected({ [OUT]: 9 })
  expect(ship()).toMatchObject([{ offset: 4, truncate: true }])
  expect(truncated).toEqual({ [OUT]: 4 })
})

test('answers to what was sent before the cut are not its answer', () => {
  write('0123456789')
  shipper.connected({})
  ship()
  truncated = { [OUT]: 4 }
  writeFileSync(join(places.logs, OUT), '0123')
  expect(ship()).toMatchObject([{ offset: 4, truncate: true }])
  shipper.acknowledged(OUT, 10)
  expect(truncated).toEqual({ [OUT]: 4 })
  shipper.acknowledged(OUT, 4)
  expect(truncated).toEqual({})
})

test('a file that went back further while it was being cut is cut again', () => {
  write('01234567')
  truncated = { [OUT]: 8 }
  shipper.connected({ [OUT]: 20 })
  expect(ship()).toMatchObject([{ offset: 8, truncate: true }])
  truncated = { [OUT]: 4 }
  write(' and on after it was cut to 4')
  shipper.acknowledged(OUT, 8)
  expect(truncated).toEqual({ [OUT]: 4 })
  expect(ship()[0]).toMatchObject({ offset: 4, truncate: true })
  shipper.acknowledged(OUT, 4)
  expect(truncated).toEqual({})
})

test('what cannot be looked at is not taken for shipped', () => {
  rmSync(places.logs, { recursive: true })
  shipper.connected({})
  expect(shipper.done).toBe(true)
  writeFileSync(places.logs, 'no folder')
  expect(shipper.done).toBe(false)
  expect(ship()).toEqual([])
})

test('a mirror that is longer than the file is cut to it', () => {
  write('short')
  shipper.connected({ [OUT]: 50 })
  expect(ship()).toEqual([{ type: 'log', jobId: 'job1', file: OUT, offset: 5, truncate: true, data: '' }])
  expect(shipper.done).toBe(true)
})

test('every file of the job is shipped; directories are not', () => {
  write('out')
  write('err', 'stderr.autosave')
  writeFileSync(join(places.logs, 'own.log'), 'own')
  mkdirSync(join(places.logs, 'more'))
  shipper.connected({})
  expect(
    ship()
      .map(({ file }) => file)
      .toSorted(),
  ).toEqual(['own.log', 'stderr.autosave', OUT])
})
