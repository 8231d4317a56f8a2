import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { lifetimeMs, spotPrice } from './spot-market.ts'

const seed = fc.integer()
const type = fc.constantFrom(...CATALOGUE)
const time = fc.integer({ min: 0, max: Date.parse('2100-01-01') })

test('a spot price is the same for the same seed and time, above nothing and below on-demand', () => {
  fc.assert(
    fc.property(seed, type, time, (seed, type, at) => {
      const price = spotPrice(seed, type, at)
      expect(spotPrice(seed, type, at)).toBe(price)
      expect(price).toBeGreaterThan(0)
      expect(price).toBeLessThan(type.onDemandPerHour * 0.6)
    }),
  )
})

test('prices slide: within a second none moves by more than a hundredth of on-demand', () => {
  fc.assert(
    fc.property(seed, type, time, (seed, type, at) => {
      const moved = Math.abs(spotPrice(seed, type, at) - spotPrice(seed, type, at + 1000))
      expect(moved).toBeLessThan(type.onDemandPerHour / 100 + 0.00011)
    }),
  )
})

test('prices move within a day, and differ by seed', () => {
  const large = { name: 'm5.4xlarge', onDemandPerHour: 0.768 }
  const day = (seed: number): number[] =>
    Array.from({ length: 24 }, (_, hour) => spotPrice(seed, large, hour * 3_600_000))
  expect(new Set(day(1)).size).toBeGreaterThan(12)
  expect(day(1)).not.toEqual(day(2))
})

test('lifetimes are never negative and have the mean asked for', () => {
  const lifetimes = Array.from({ length: 4000 }, (_, n) => lifetimeMs(7, `i-${n}`, 600))
  expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(0)
  const mean = lifetimes.reduce((sum, each) => sum + each, 0) / lifetimes.length
  expect(mean / 600_000).toBeCloseTo(1, 1)
})

test('the catalogue has the sizes users name, each once', () => {
  const names = CATALOGUE.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  const size = (name: string) => CATALOGUE.find((type) => type.name === name)
  expect(size('t2.micro')).toMatchObject({ cpu: 1, memGB: 1, onDemandPerHour: 0.0116 })
  expect(size('t3.micro')).toMatchObject({ cpu: 2, memGB: 1, onDemandPerHour: 0.0104 })
  expect(size('c5.9xlarge')).toMatchObject({ cpu: 36, memGB: 72 })
  expect(size('r5.large')).toMatchObject({ cpu: 2, memGB: 16, onDemandPerHour: 0.126 })
  expect(size('r7a.medium')).toMatchObject({ cpu: 1, memGB: 8 })
})
