import type { Sample } from '@mmcloud/domain'

/** What is kept of a sample beside its job and time, in the order of the columns, and with how many decimals. */
export const DIGITS = {
  spanMs: 0,
  cpuPercent: 1,
  memBytes: 0,
  cacheBytes: 0,
  swapBytes: 0,
  swapInRate: 0,
  swapOutRate: 0,
  memStallPercent: 1,
  diskReadRate: 0,
  diskWriteRate: 0,
  netInRate: 0,
  netOutRate: 0,
  processes: 0,
  capacityCpu: 2,
  capacityMemBytes: 0,
  capacitySwapBytes: 0,
} as const satisfies Record<Exclude<keyof Sample, 'at'>, number>

export type Measure = keyof typeof DIGITS
export const MEASURES = Object.keys(DIGITS) as readonly Measure[]
/** What a mean is made of; `spanMs` is its weight. */
export const VALUES = MEASURES.filter((measure) => measure !== 'spanMs')

/** The measures whose peaks are kept beside their means. */
export const PEAKS = { cpuPercentMax: 'cpuPercent', memBytesMax: 'memBytes' } as const satisfies Record<
  string,
  Measure
>
export const PEAK_NAMES = Object.keys(PEAKS) as readonly (keyof typeof PEAKS)[]

/** The values of a row. */
export const rowOf = (sample: Sample): (number | null)[] =>
  MEASURES.map((measure) => {
    const value = sample[measure]
    return value === undefined ? null : rounded(value, DIGITS[measure])
  })

export const rounded = (value: number, digits: number): number =>
  Math.round(value * 10 ** digits) / 10 ** digits
