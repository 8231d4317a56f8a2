import type { Sample } from '@mmcloud/domain'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Program, Sampler } from './sampler.ts'
import type { Usage } from './usage.ts'

const program: Program = {
  capacity: { capacityCpu: 1, capacityMemBytes: 1000, capacitySwapBytes: 0 },
  devices: ['/dev/disk0'],
}
let running: Program | undefined
let usage: Usage | undefined
let clockMs: number
let samples: Sample[]
let sampler: Sampler

beforeEach(() => {
  running = undefined
  usage = undefined
  clockMs = 0
  samples = []
  sampler = new Sampler({
    program: () => running,
    readUsage: () => usage,
    now: () => ({ at: clockMs, clockMs }),
    measured: (sample) => samples.push(sample),
  })
})

/** The clock goes on, and the program uses half of it. */
const pass = (ms: number): void => {
  clockMs += ms
  if (usage) usage = { ...usage, cpuUs: usage.cpuUs + ms * 500 }
}
const begin = (): void => {
  running = program
  usage = { ...NOTHING, cpuUs: 77 }
  sampler.phaseChanged()
}
const freeze = (): void => {
  running = undefined
  sampler.phaseChanged()
}
const thaw = (): void => {
  running = program
  sampler.phaseChanged()
}
const spans = (): [number, number][] => samples.map(({ at, spanMs }) => [at - spanMs, at])

test('the first reading is no sample, every further one is', () => {
  begin()
  sampler.tick()
  expect(samples).toEqual([])
  for (let second = 0; second < 3; second += 1) {
    pass(1000)
    sampler.tick()
  }
  expect(spans()).toEqual([
    [0, 1000],
    [1000, 2000],
    [2000, 3000],
  ])
  expect(samples.map(({ cpuPercent }) => cpuPercent)).toEqual([50, 50, 50])
})

describe('a program that is saved', () => {
  beforeEach(() => {
    begin()
    pass(1000)
    sampler.tick()
    pass(400)
    freeze()
    clockMs += 300
    sampler.tick()
  })

  test('is measured up to the freeze, and not in it', () => {
    expect(spans()).toEqual([
      [0, 1000],
      [1000, 1400],
    ])
  })

  test('and thawed again within the same second has no span over the freeze', () => {
    thaw()
    pass(600)
    sampler.tick()
    expect(spans().at(-1)).toEqual([1700, 2300])
    expect(samples.at(-1)?.cpuPercent).toBe(50)
  })
})

test('a phase that changes without the program being stopped changes nothing', () => {
  begin()
  pass(500)
  sampler.phaseChanged()
  pass(500)
  sampler.tick()
  expect(spans()).toEqual([[0, 1000]])
})

test('a program that ended is not measured to its end: there is nothing to read', () => {
  begin()
  pass(1000)
  sampler.tick()
  pass(500)
  usage = undefined
  freeze()
  pass(1000)
  sampler.tick()
  expect(spans()).toEqual([[0, 1000]])
})

test('two readings at nearly the same time are one', () => {
  begin()
  pass(1000)
  sampler.tick()
  pass(50)
  sampler.tick()
  pass(950)
  sampler.tick()
  expect(spans()).toEqual([
    [0, 1000],
    [1000, 2000],
  ])
})

test('a worker that was stopped goes on from where it is', () => {
  begin()
  pass(60_000)
  sampler.tick()
  pass(1000)
  sampler.tick()
  expect(spans()).toEqual([[60_000, 61_000]])
})

const NOTHING: Usage = {
  cpuUs: 0,
  memBytes: 0,
  cacheBytes: 0,
  swapBytes: 0,
  diskReadBytes: 0,
  diskWriteBytes: 0,
  netInBytes: 0,
  netOutBytes: 0,
  processes: 1,
}
