import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sample } from '@mmcloud/domain'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL_SEGMENTS, RAW_SEGMENTS, SampleBuffer, SEGMENT_SAMPLES } from './sample-buffer.ts'
import { testSeconds } from './test-sample.ts'

let directory: string
let said: string[]
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'mmw-samples-')), 'samples')
  said = []
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true }))

/** As a worker does that has the volume. */
const opened = (): SampleBuffer => new SampleBuffer(directory, (message) => said.push(message))
const filled = (samples: readonly Sample[], buffer = opened()): SampleBuffer => {
  for (const sample of samples) buffer.add(sample)
  buffer.keep()
  return buffer
}
/** Batch by batch, until there is none. */
const delivered = (buffer: SampleBuffer): Sample[] => {
  const all: Sample[] = []
  for (let batch = buffer.oldest(); batch; batch = buffer.oldest()) {
    expect(batch.samples.length).toBeLessThanOrEqual(SEGMENT_SAMPLES)
    all.push(...batch.samples)
    buffer.acknowledged(batch)
  }
  return all
}
const files = (): string[] => (existsSync(directory) ? readdirSync(directory) : [])

test('what is acknowledged at once is never written', () => {
  const buffer = opened()
  for (const sample of testSeconds(3)) {
    buffer.add(sample)
    expect(delivered(buffer)).toEqual([sample])
    buffer.keep()
  }
  expect(files()).toEqual([])
})

test('what is kept outlives its process, in order and whole', () => {
  const samples = testSeconds(2500).map((sample) => ({ ...sample, memStallPercent: 0.5 }))
  filled(samples)
  expect(delivered(opened())).toEqual(samples)
  expect(files()).toEqual([])
})

test('the same is given until it is acknowledged', () => {
  const buffer = filled(testSeconds(5))
  expect(buffer.oldest()).toEqual(buffer.oldest())
  const batch = buffer.oldest()!
  buffer.add(testSeconds(1, 5)[0]!)
  buffer.acknowledged(batch)
  expect(delivered(buffer)).toEqual(testSeconds(1, 5))
})

test('a line that was torn is as if it had never been written, and costs no other', () => {
  filled(testSeconds(3))
  const [file] = files()
  appendFileSync(join(directory, file!), '\n{"at":4000,"spanMs":10')
  const buffer = filled(testSeconds(2, 4))
  expect(delivered(buffer)).toEqual([...testSeconds(3), ...testSeconds(2, 4)])
})

test('a file of something else is left out', () => {
  filled(testSeconds(1200))
  writeFileSync(join(directory, '1.raw'), 'what is this')
  expect(delivered(opened())).toEqual(testSeconds(200, 1000))
})

test('a worker goes on with the file that the one before it has begun', () => {
  for (let second = 0; second < 5; second += 1) filled(testSeconds(1, second))
  expect(files()).toEqual(['1.raw'])
  expect(delivered(opened())).toEqual(testSeconds(5))
})

test('a part that was acknowledged of a file that is full since is not given again', () => {
  const buffer = filled(testSeconds(900))
  const batch = buffer.oldest()!
  filled(testSeconds(300, 900), buffer)
  buffer.acknowledged(batch)
  expect(delivered(buffer)).toEqual(testSeconds(300, 900))
})

test('what is acknowledged only after the next was measured fills no file without end', () => {
  const buffer = opened()
  let batch = buffer.oldest()
  const received: Sample[] = []
  for (const sample of testSeconds(5 * SEGMENT_SAMPLES)) {
    buffer.add(sample)
    buffer.keep()
    if (batch) buffer.acknowledged(batch)
    received.push(...(batch?.samples ?? []))
    batch = buffer.oldest()
  }
  const lines = files().map((file) => readFileSync(join(directory, file), 'utf8').split('\n').length)
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(2 * SEGMENT_SAMPLES)
  expect([...received, ...delivered(buffer)]).toEqual(testSeconds(5 * SEGMENT_SAMPLES))
})

describe('a disk that takes nothing', () => {
  beforeEach(() => writeFileSync(directory, 'in the way of the directory'))

  test('is told of once; the newest samples are delivered from memory, older ones are lost', () => {
    const buffer = opened()
    for (const sample of testSeconds(1500)) {
      buffer.add(sample)
      buffer.keep()
    }
    expect(said).toHaveLength(1)
    expect(delivered(buffer)).toEqual(testSeconds(SEGMENT_SAMPLES - 1, 1500 - SEGMENT_SAMPLES + 1))
  })

  test('takes what is in memory once there is room', () => {
    const buffer = filled(testSeconds(10))
    rmSync(directory)
    buffer.keep()
    expect(delivered(opened())).toEqual(testSeconds(10))
  })
})

describe('more than a day', () => {
  const DAY = RAW_SEGMENTS * SEGMENT_SAMPLES

  test('is kept as means of ten seconds at its old end, without a hole', () => {
    const seconds = DAY + 5 * SEGMENT_SAMPLES
    filled(testSeconds(seconds))
    const samples = delivered(opened())
    expect(samples.slice(0, 500).every(({ spanMs }) => spanMs === 10_000)).toBe(true)
    expect(samples.slice(500).every(({ spanMs }) => spanMs === 1000)).toBe(true)
    expect(samples.reduce((sum, { spanMs }) => sum + spanMs, 0)).toBe(seconds * 1000)
  })

  test('is not merged where a part of it may have been received as it was measured', () => {
    const buffer = filled(testSeconds(SEGMENT_SAMPLES + 1))
    const batch = buffer.oldest()!
    filled(testSeconds(DAY + SEGMENT_SAMPLES, SEGMENT_SAMPLES + 1), buffer)
    expect(files()).toContain('1.raw')
    expect(files()).toContain('2.mean')
    buffer.acknowledged(batch)
    expect(buffer.oldest()?.samples[0]?.at).toBe((SEGMENT_SAMPLES + 10) * 1000)
  })

  test('of a merge that was broken off nothing is delivered twice', () => {
    filled(testSeconds(DAY + 2 * SEGMENT_SAMPLES))
    writeFileSync(join(directory, '1.raw'), `\n${JSON.stringify(testSeconds(1)[0])}`)
    writeFileSync(join(directory, '2.mean.new'), '')
    const times = delivered(opened()).map(({ at }) => at)
    expect(new Set(times).size).toBe(times.length)
  })

  test('after a week the oldest are lost', () => {
    const segments = ALL_SEGMENTS + 3
    filled(testSeconds(SEGMENT_SAMPLES))
    for (let number = 2; number <= segments; number += 1)
      writeFileSync(join(directory, `${number}.mean`), `\n${JSON.stringify(testSeconds(1, number)[0])}`)
    filled(testSeconds(SEGMENT_SAMPLES, 1000))
    expect(files()).toHaveLength(ALL_SEGMENTS)
    expect(files()).not.toContain('4.mean')
  })
})

test('whatever happens in between, every sample is delivered, and no later one before it', () => {
  const steps = fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ do: fc.constant('measure'), count: fc.integer({ min: 1, max: 700 }) }),
      },
      { weight: 3, arbitrary: fc.constant({ do: 'acknowledge' }) },
      { weight: 1, arbitrary: fc.constant({ do: 'restart' }) },
      { weight: 1, arbitrary: fc.constant({ do: 'sendAgain' }) },
    ),
    { maxLength: 25 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      rmSync(directory, { recursive: true, force: true })
      let buffer = opened()
      let measured = 0
      let batch = buffer.oldest()
      const received: number[] = []
      for (const step of all) {
        if (step.do === 'measure' && 'count' in step) {
          filled(testSeconds(step.count, measured), buffer)
          measured += step.count
        } else if (step.do === 'acknowledge' && batch) {
          received.push(...batch.samples.map(({ at }) => at))
          buffer.acknowledged(batch)
        } else if (step.do === 'restart') buffer = opened()
        if (step.do !== 'measure') batch = buffer.oldest()
      }
      received.push(...delivered(buffer).map(({ at }) => at))
      expect([...new Set(received)]).toEqual(
        Array.from({ length: measured }, (_, index) => (index + 1) * 1000),
      )
    }),
    { numRuns: 50 },
  )
})
