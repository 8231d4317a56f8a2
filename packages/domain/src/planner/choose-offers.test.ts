import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Offer } from '../instance/instance.ts'
import { DEFAULT_VM_POLICY } from '../job/vm-policy.ts'
import { chooseOffers, fitsSize, type ResourceNeed, weighOffers } from './choose-offers.ts'

const offer = (
  instanceType: string,
  cpu: number,
  memGB: number,
  market: Offer['market'],
  pricePerHour: number,
): Offer => ({
  provider: 'local',
  instanceType,
  cpu,
  memGB,
  market,
  pricePerHour,
  cpuFeatures: ['avx2'],
})
const OFFERS = [
  offer('big', 4, 16, 'onDemand', 0.2),
  offer('big', 4, 16, 'spot', 0.05),
  offer('small', 1, 1, 'onDemand', 0.01),
  offer('small', 1, 1, 'spot', 0.004),
]
const need = (overrides: Partial<ResourceNeed> = {}): ResourceNeed => ({
  cpu: { min: 1 },
  memGB: { min: 1 },
  ...overrides,
})
const names = (offers: readonly Offer[]): string[] => offers.map((o) => `${o.instanceType}/${o.market}`)

describe('chooseOffers', () => {
  test('spotFirst tries every spot offer before any on-demand one, cheapest first', () => {
    expect(names(chooseOffers(OFFERS, need(), DEFAULT_VM_POLICY))).toEqual([
      'small/spot',
      'big/spot',
      'small/onDemand',
      'big/onDemand',
    ])
  })
  test('spotOnly and onDemand keep to their market', () => {
    expect(names(chooseOffers(OFFERS, need(), { ...DEFAULT_VM_POLICY, policy: 'spotOnly' }))).toEqual([
      'small/spot',
      'big/spot',
    ])
    expect(names(chooseOffers(OFFERS, need(), { ...DEFAULT_VM_POLICY, policy: 'onDemand' }))).toEqual([
      'small/onDemand',
      'big/onDemand',
    ])
  })
  test('a type named is the only one', () => {
    expect(names(chooseOffers(OFFERS, need({ instanceType: 'big' }), DEFAULT_VM_POLICY))).toEqual([
      'big/spot',
      'big/onDemand',
    ])
  })
  test('a price limit holds, and a saved program goes only where its memory fits', () => {
    expect(names(chooseOffers(OFFERS, need(), { ...DEFAULT_VM_POLICY, priceLimit: 0.01 }))).toEqual([
      'small/spot',
      'small/onDemand',
    ])
    expect(names(chooseOffers(OFFERS, need({ savedBytes: 2 ** 30 }), DEFAULT_VM_POLICY))).toEqual([
      'big/spot',
      'big/onDemand',
    ])
  })
  test('a missing CPU feature rules an offer out', () => {
    expect(chooseOffers(OFFERS, need({ cpuFeatures: ['avx512f'] }), DEFAULT_VM_POLICY)).toEqual([])
  })
  test('whatever is chosen fits, and nothing that fits within the policy is left out', () => {
    const range = fc.record({ min: fc.integer({ min: 0, max: 8 }) })
    fc.assert(
      fc.property(range, range, (cpu, memGB) => {
        const wanted = need({ cpu, memGB })
        const chosen = chooseOffers(OFFERS, wanted, DEFAULT_VM_POLICY)
        expect(chosen.every((o) => fitsSize(o, wanted))).toBe(true)
        expect(chosen.length).toBe(OFFERS.filter((o) => fitsSize(o, wanted)).length)
      }),
    )
  })
})

describe('weighOffers', () => {
  test('tells why each is not taken, best first', () => {
    const weighed = weighOffers(OFFERS, need({ memGB: { min: 1, max: 8 } }), DEFAULT_VM_POLICY)
    expect(weighed.map(({ instanceType, market, rejected }) => [instanceType, market, rejected])).toEqual([
      ['small', 'spot', undefined],
      ['small', 'onDemand', 'on demand, while there is spot capacity'],
      ['big', 'spot', 'more memory than 8 GB'],
      ['big', 'onDemand', 'more memory than 8 GB'],
    ])
  })
  test('a type that is not allowed is none that fits', () => {
    const types = { allow: ['big'], deny: [] }
    expect(names(chooseOffers(OFFERS, need({ types }), DEFAULT_VM_POLICY))).toEqual([
      'big/spot',
      'big/onDemand',
    ])
    expect(
      fitsSize({ instanceType: 'small', cpu: 1, memGB: 1 }, need({ types, instanceType: 'small' })),
    ).toBe(false)
  })
  test('loses none, and ticks what would be taken, whatever is asked for', () => {
    const range = fc.record({ min: fc.integer({ min: 1, max: 8 }) })
    fc.assert(
      fc.property(
        range,
        range,
        fc.constantFrom('spotFirst', 'spotOnly', 'onDemand'),
        fc.option(fc.double({ min: 0, max: 0.3, noNaN: true })),
        (cpu, memGB, policy, limit) => {
          const vmPolicy = { ...DEFAULT_VM_POLICY, policy, ...(limit === null ? {} : { priceLimit: limit }) }
          const weighed = weighOffers(OFFERS, { cpu, memGB }, vmPolicy)
          expect(new Set(names(weighed))).toEqual(new Set(names(OFFERS)))
          expect(weighed).toHaveLength(OFFERS.length)
          const [best] = chooseOffers(OFFERS, { cpu, memGB }, vmPolicy)
          expect(weighed.filter(({ rejected }) => rejected === undefined)).toEqual(best ? [best] : [])
        },
      ),
    )
  })
})
