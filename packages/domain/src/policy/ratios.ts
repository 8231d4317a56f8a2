import type { Sample } from '../usage/sample.ts'
import { maxOf, percentile, recentSamples } from './window.ts'

/** Of a window a ratio must have held for so much. */
const HELD = 0.9

/**
 * The ratio and the use of a window in which the ratio was so nine tenths of the time; nothing when it was not, or when
 * the samples do not cover the window: time in which nothing was measured proves nothing.
 */
export const heldRatio = (
  of: 'cpu' | 'mem',
  samples: readonly Sample[],
  seconds: number,
  isSo: (ratio: number) => boolean,
): { readonly ratio: number; readonly used: number } | undefined => {
  const window = recentSamples(samples, seconds)
  if (!window || !isSo(ratioOf(of, window.at(-1)!))) return undefined
  if (spanOf(window.filter((sample) => isSo(ratioOf(of, sample)))) < spanOf(window) * HELD) return undefined
  return of === 'cpu'
    ? { ratio: percentile(window, 50, (s) => ratioOf('cpu', s)), used: percentile(window, 95, coresOf) }
    : { ratio: percentile(window, 50, (s) => ratioOf('mem', s)), used: maxOf(window, usedOf) }
}

/** Bytes: in memory and in swap. */
export const usedOf = (sample: Sample): number => sample.memBytes + sample.swapBytes

/** Percent of the capacity. */
export const ratioOf = (of: 'cpu' | 'mem', sample: Sample): number =>
  of === 'cpu'
    ? (100 * coresOf(sample)) / sample.capacityCpu
    : (100 * sample.memBytes) / sample.capacityMemBytes

const coresOf = (sample: Sample): number => sample.cpuPercent / 100
const spanOf = (samples: readonly Sample[]): number => samples.reduce((sum, { spanMs }) => sum + spanMs, 0)
