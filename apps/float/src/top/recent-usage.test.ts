import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Usage } from '@mmcloud/contract'
import { addUsage, NO_USAGE, RECENT_MS } from './recent-usage.ts'

const usage = (at: readonly number[]): Usage => ({
  stepMs: 1000,
  at: [...at],
  series: { cpuPercent: at.map((time) => time / 1000) } as Usage['series'],
})

test('however the points come, each is there once, in order, with its own value, and none is old', () => {
  const times = fc.array(fc.integer({ min: 0, max: 900 }).map((second) => second * 1000))
  fc.assert(
    fc.property(fc.array(times), (pieces) => {
      const known = pieces.map(usage).reduce(addUsage, NO_USAGE)
      const newest = Math.max(-1, ...pieces.flat())
      const wanted = [...new Set(pieces.flat())]
        .filter((at) => at > newest - RECENT_MS)
        .toSorted((a, b) => a - b)
      // What was dropped as old may not come back in a later piece: only then is less there.
      expect(known.at).toEqual(wanted)
      expect(known.at.map((at) => at / 1000)).toEqual(known.series.cpuPercent ?? [])
    }),
  )
})
