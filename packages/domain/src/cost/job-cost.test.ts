import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InstanceId, JobId, VolumeId } from '../ids.ts'
import type { Instance, Market } from '../instance/instance.ts'
import type { Volume } from '../volume/volume.ts'
import { addCosts, jobCost } from './job-cost.ts'

const HOUR = 3_600_000
const PRICES = {
  onDemandPerHour: new Map([
    ['small', 0.1],
    ['large', 0.4],
  ]),
  volumePricePerGBMonth: 0.073,
}

const instance = (
  type: string,
  market: Market,
  pricePerHour: number,
  from: number,
  to?: number,
): Instance => ({
  id: `i-${from}` as InstanceId,
  jobId: 'j' as JobId,
  offer: { provider: 'local', instanceType: type, cpu: 1, memGB: 1, market, pricePerHour, cpuFeatures: [] },
  state: to === undefined ? 'ready' : 'gone',
  cloudId: 'c',
  requestedAt: from,
  ...(to === undefined ? {} : { goneAt: to }),
  version: 1,
})
const volume: Volume = {
  id: 'vol' as VolumeId,
  jobId: 'j' as JobId,
  sizeGB: 100,
  mountPoint: '',
  state: 'available',
  epoch: 1,
  madeAt: 0,
  version: 1,
}

test('a job that was on two types, with its disk, and what it would have cost otherwise', () => {
  const instances = [instance('small', 'spot', 0.03, 0, HOUR), instance('large', 'onDemand', 0.4, HOUR)]
  const cost = jobCost(instances, [volume], PRICES, 2 * HOUR)
  expect(cost.spot).toBeCloseTo(0.03)
  expect(cost.onDemand).toBeCloseTo(0.4)
  expect(cost.volumes).toBeCloseTo(0.02)
  expect(cost.total).toBeCloseTo(0.45)
  expect(cost.savedAgainstOnDemand).toBeCloseTo(0.07)
  expect(cost.savedAgainstLargest).toBeCloseTo(0.37)
})

test('what the cloud never accepted costs nothing; a rest is not counted for the largest', () => {
  const { cloudId: _, ...refused } = instance('large', 'spot', 0.1, 0)
  expect(jobCost([refused], [], PRICES, HOUR).total).toBe(0)
  const rested = [
    instance('large', 'spot', 0.1, 0, HOUR),
    instance('large', 'spot', 0.1, 9 * HOUR, 10 * HOUR),
  ]
  // What was never moved saved nothing by its size, whatever it saved by its market.
  expect(jobCost(rested, [], PRICES, 20 * HOUR)).toMatchObject({
    largestFromTheStart: 0.2,
    savedAgainstLargest: 0,
  })
})

const instances = fc.array(
  fc
    .record({
      type: fc.constantFrom('small', 'large'),
      market: fc.constantFrom<Market>('spot', 'onDemand'),
      share: fc.double({ min: 0.1, max: 1, noNaN: true }),
      from: fc.nat(100 * HOUR),
      ms: fc.option(fc.nat(10 * HOUR), { nil: undefined }),
    })
    .map(({ type, market, share, from, ms }) => {
      const full = PRICES.onDemandPerHour.get(type)!
      const price = market === 'spot' ? full * share : full
      return instance(type, market, price, from, ms === undefined ? undefined : from + ms)
    }),
)

test('spot is never dearer than on demand, and sums are sums', () => {
  fc.assert(
    fc.property(instances, instances, (a, b) => {
      const now = 200 * HOUR
      const [first, second] = [jobCost(a, [volume], PRICES, now), jobCost(b, [], PRICES, now)]
      expect(first.savedAgainstOnDemand).toBeGreaterThanOrEqual(-1e-9)
      expect(first.total).toBeCloseTo(first.spot + first.onDemand + first.volumes)
      expect(addCosts([first, second]).total).toBeCloseTo(first.total + second.total)
    }),
  )
})
