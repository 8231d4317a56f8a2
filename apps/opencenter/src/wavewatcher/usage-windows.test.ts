import type { InstanceId, JobId, Sample } from '@mmcloud/domain'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { aSample } from './test-sample.ts'
import { UsageWindows } from './usage-windows.ts'

const JOB = 'j' as JobId
const HERE = 'i-1' as InstanceId
const SINCE = 1_000_000
const at = (...seconds: number[]): Sample[] => seconds.map((n) => aSample(SINCE + n * 1000))

let windows: UsageWindows
beforeEach(() => {
  windows = new UsageWindows()
  windows.begin(JOB, HERE, SINCE)
})
const seconds = (): number[] => windows.recent(JOB, HERE).map((sample) => (sample.at - SINCE) / 1000)

test('samples are there in order, those that come a little late in their place, those that come twice once', () => {
  windows.add(JOB, HERE, at(1, 2, 5))
  windows.add(JOB, HERE, at(4, 5, 3))
  expect(seconds()).toEqual([1, 2, 3, 4, 5])
})

test('a hole stays a hole, and what fills it late fills it', () => {
  windows.add(JOB, HERE, at(1, 60))
  expect(seconds()).toEqual([1, 60])
})

test('a clock that was set back begins a new window', () => {
  windows.add(JOB, HERE, at(1, 2, 3700))
  windows.add(JOB, HERE, at(100))
  windows.add(JOB, HERE, at(101))
  expect(seconds()).toEqual([100, 101])
})

test('what another instance measured does not count here', () => {
  windows.add(JOB, HERE, [aSample(SINCE - 500), ...at(1)])
  expect(seconds()).toEqual([1])
  windows.add(JOB, 'i-2' as InstanceId, at(2))
  expect(seconds()).toEqual([1])
  expect(windows.begin(JOB, HERE, SINCE)).toBe(false)
  expect(windows.begin(JOB, 'i-2' as InstanceId, SINCE + 5000)).toBe(true)
  windows.add(JOB, 'i-2' as InstanceId, at(4, 7))
  expect(windows.recent(JOB, HERE)).toEqual([])
  expect(windows.recent(JOB, 'i-2' as InstanceId)).toEqual(at(7))
})

test('what was known before comes before what has come since, once', () => {
  windows.add(JOB, HERE, at(4000, 4001))
  windows.prepend(JOB, HERE, [aSample(SINCE - 1), ...at(1, 3999, 4000, 4001, 4002)])
  expect(seconds()).toEqual([3999, 4000, 4001])
  windows.prepend(JOB, 'i-2' as InstanceId, at(3998))
  expect(seconds()).toEqual([3999, 4000, 4001])
})

test('an hour is kept', () => {
  windows.add(JOB, HERE, at(1, 2, 3601.5))
  expect(seconds()).toEqual([2, 3601.5])
})

test('whatever comes in whatever order, times ascend and none is there twice', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(8000))), (batches) => {
      const any = new UsageWindows()
      any.begin(JOB, HERE, SINCE)
      for (const batch of batches) any.add(JOB, HERE, at(...batch))
      const times = any.recent(JOB, HERE).map((sample) => sample.at)
      expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b))
    }),
  )
})
