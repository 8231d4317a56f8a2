import type { SampleSeries, Usage } from '@mmcloud/contract'

/** What `top` shows and remembers. */
export const RECENT_MS = 300_000

export const NO_USAGE: Usage = { stepMs: 1000, at: [], series: {} as Usage['series'] }

/** The last minutes of what a job used: a stream's pieces, which may tell a point twice or late, put in order. */
export const addUsage = (known: Usage, piece: Usage): Usage => {
  const places = new Map<number, readonly [usage: Usage, index: number]>()
  for (const usage of [known, piece]) usage.at.forEach((at, index) => places.set(at, [usage, index]))
  const newest = [...places.keys()].reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const kept = [...places].filter(([at]) => at > newest - RECENT_MS).toSorted(([a], [b]) => a - b)
  const names = new Set(Object.keys({ ...known.series, ...piece.series })) as ReadonlySet<SampleSeries>
  const columnOf = (name: SampleSeries): (number | null)[] =>
    kept.map(([, [usage, index]]) => usage.series[name]?.[index] ?? null)
  return {
    stepMs: piece.stepMs,
    at: kept.map(([at]) => at),
    series: Object.fromEntries([...names].map((name) => [name, columnOf(name)])) as Usage['series'],
  }
}
