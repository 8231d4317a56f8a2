import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryUnit, PERCENT, rateUnit, timeTicks, valueTicks } from './scale.ts'

describe('ticks of values', () => {
  test.each([
    [200, PERCENT, 4, ['0', '50', '100', '150', '200']],
    [800, PERCENT, 4, ['0', '200', '400', '600', '800']],
    [7.6 * 2 ** 30, memoryUnit(7.6 * 2 ** 30), 5, ['0', '2', '4', '6']],
    [0.95 * 2 ** 30, memoryUnit(0.95 * 2 ** 30), 5, ['0', '200', '400', '600', '800']],
    [53 * 2 ** 20, rateUnit(53 * 2 ** 20), 2, ['0', '50']],
  ])('up to %d', (most, unit, count, labels) => {
    expect(valueTicks(most, unit, count).map(({ label }) => label)).toEqual(labels)
  })

  test('begin at 0, do not pass the most, are no more than wanted, and evenly apart', () => {
    const most = fc.double({ min: 1, max: 1e15, noNaN: true })
    fc.assert(
      fc.property(
        most,
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom(PERCENT, 'mem', 'rate'),
        (value, count, kind) => {
          const unit = kind === 'mem' ? memoryUnit(value) : kind === 'rate' ? rateUnit(value) : PERCENT
          const ticks = valueTicks(value, unit, count).map((tick) => tick.value)
          expect(ticks[0]).toBe(0)
          expect(ticks.length - 1).toBeLessThanOrEqual(count)
          expect(ticks.at(-1)).toBeLessThanOrEqual(value * 1.001)
          expect(new Set(valueTicks(value, unit, count).map(({ label }) => label)).size).toBe(ticks.length)
        },
      ),
    )
  })
})

describe('ticks of time', () => {
  afterEach(() => vi.unstubAllEnvs())

  test.each(['UTC', 'Asia/Kolkata', 'America/St_Johns'])('are round on the clocks of %s', (zone) => {
    vi.stubEnv('TZ', zone)
    const from = Date.parse('2026-11-23T05:30:12Z')
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 9 * 86_400_000 }), (span) => {
        const ticks = timeTicks(from, from + span, 9)
        expect(ticks.length).toBeLessThanOrEqual(10)
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(from)
          expect(value).toBeLessThanOrEqual(from + span)
          if (span > 9 * 3_600_000) expect(new Date(value).getMinutes()).toBe(0)
        }
      }),
    )
  })

  test('the first of a day names it', () => {
    vi.stubEnv('TZ', 'UTC')
    const ticks = timeTicks(Date.parse('2026-11-23T20:00:00Z'), Date.parse('2026-11-24T04:00:00Z'), 4)
    expect(ticks.map(({ label, day }) => `${label} ${day ?? ''}`.trim())).toEqual([
      '20:00 23 Nov',
      '22:00',
      '00:00 24 Nov',
      '02:00',
      '04:00',
    ])
  })
})
