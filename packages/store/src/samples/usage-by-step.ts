import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { DIGITS, type Measure, PEAK_NAMES, rounded, VALUES } from './columns.ts'
import { peakIn } from './tables.ts'
import { TIERS } from './tiers.ts'

/** Points of a range, a column each; `at` is the beginning of each step. */
export type Columns = { readonly at: number[]; readonly series: Record<string, (number | null)[]> }

export type UsageRange = { readonly from: number; readonly to: number; readonly stepMs: number }

/** Sums of a step over whatever tiers its rows are in. */
type Sums = { values: Float64Array; spans: Float64Array; peaks: number[] }

/**
 * Means weighted by time, and peaks, of each step; steps in which nothing was measured are left out. Step by step along
 * the key: grouped in one statement the rows would be sorted first, which takes as long again as summing them up.
 */
export class UsageByStep {
  readonly #tiers: readonly { readonly sums: StatementSync; readonly next: StatementSync }[]

  constructor(db: DatabaseSync) {
    const sums = VALUES.flatMap((value) => [
      // total() is a float: bytes of a day times milliseconds are more than an integer holds.
      `total(${value} * spanMs)`,
      ...(OPTIONAL.has(value) ? [`total(iif(${value} IS NULL, 0, spanMs))`] : []),
    ])
    this.#tiers = TIERS.map(({ table }) => {
      const peaks = PEAK_NAMES.map((peak) => `max(${peakIn(table, peak)})`)
      const where = `FROM ${table} WHERE job = ? AND at > ? AND at <= ?`
      const statement = db.prepare(`SELECT ${['total(spanMs)', ...sums, ...peaks].join()} ${where}`)
      statement.setReturnArrays(true)
      return { sums: statement, next: db.prepare(`SELECT min(at) AS next ${where}`) }
    })
  }

  read(job: number, { from, to, stepMs }: UsageRange): Columns {
    const steps = new Map<number, Sums>()
    for (const { sums, next } of this.#tiers) {
      const nextAfter = (at: number): number | null => (next.get(job, at, to) as { next: number | null }).next
      for (let at = nextAfter(from); at !== null; ) {
        const step = Math.floor((at - 1) / stepMs) * stepMs
        const end = Math.min(step + stepMs, to)
        add(steps, step, sums.get(job, Math.max(step, from), end) as unknown as number[])
        at = nextAfter(end)
      }
    }
    const sorted = [...steps].toSorted(([a], [b]) => a - b)
    const column = (value: Measure, index: number): (number | null)[] =>
      sorted.map(([, { values, spans }]) =>
        spans[index] === 0 ? null : rounded(values[index]! / spans[index]!, DIGITS[value]),
      )
    return {
      at: sorted.map(([step]) => step),
      series: Object.fromEntries([
        ...VALUES.map((value, index) => [value, column(value, index)] as const),
        ...PEAK_NAMES.map((peak, index) => [peak, sorted.map(([, { peaks }]) => peaks[index]!)] as const),
      ]),
    }
  }
}

/** Not every kernel tells these. */
const OPTIONAL: ReadonlySet<Measure> = new Set(['memStallPercent'])

/** A row of the statement above: the span of all, the sums with the spans of those that may be absent, the peaks. */
const add = (steps: Map<number, Sums>, step: number, row: readonly number[]): void => {
  const sums = steps.get(step) ?? {
    values: new Float64Array(VALUES.length),
    spans: new Float64Array(VALUES.length),
    peaks: PEAK_NAMES.map(() => 0),
  }
  steps.set(step, sums)
  let place = 1
  for (const [index, value] of VALUES.entries()) {
    sums.values[index]! += row[place++]!
    sums.spans[index]! += OPTIONAL.has(value) ? row[place++]! : row[0]!
  }
  for (const index of PEAK_NAMES.keys()) sums.peaks[index] = Math.max(sums.peaks[index]!, row[place++]!)
}
