import { USABLE_MEMORY } from '../planner/reason-against.ts'
import { maxOf } from '../policy/window.ts'
import type { UsagePoint } from './sample.ts'

/** What a job should ask for next time. */
export type SizeHint = {
  /** `--cpu 1:2 --mem 2:4` */
  readonly flags: string
  readonly reason: string
  readonly cpu: { readonly min: number; readonly max: number }
  readonly memGB: { readonly min: number; readonly max: number }
}

/** As much of a point as says how large the job was. */
export type HintPoint = Pick<UsagePoint, 'spanMs' | 'cpuPercent' | 'memBytes' | 'memBytesMax' | 'swapBytes'>

/** Less says nothing about the next run. */
const LEAST_MS = 10_000
/** A size is right when the job uses so much of it. */
const WELL_USED = 0.85
const GIB = 2 ** 30

/**
 * Minimum and maximum from what a job used, weighted by time: the minimum carries it half of the time, the maximum always
 * (memory) or nineteen twentieths of it (CPU); it grows in between. Nothing when it was measured for too short a time.
 */
export const sizeHint = (points: readonly HintPoint[]): SizeHint | undefined => {
  if (points.reduce((ms, { spanMs }) => ms + spanMs, 0) < LEAST_MS) return undefined
  const cores = (percent: number): number => weighted(points, percent, ({ cpuPercent }) => cpuPercent / 100)
  const memory = (percent: number): number => weighted(points, percent, heldBytes)
  const peak = maxOf(points, (point) => Math.max(point.memBytesMax, point.memBytes) + point.swapBytes)
  const cpu = { min: coresFor(cores(50)), max: coresFor(cores(95)) }
  const memGB = { min: sizeFor(memory(50)), max: sizeFor(peak) }
  return {
    flags: `--cpu ${range(cpu)} --mem ${range(memGB)}`,
    reason: `it used ${figure(cores(50))} cores half of the time and up to ${figure(cores(95))} for 95 % of it, ${gib(memory(50))} GiB of memory half of the time and ${gib(peak)} GiB at most; of a size ${Math.round(USABLE_MEMORY * WELL_USED * 100)} % are counted on`,
    cpu,
    memGB,
  }
}

const heldBytes = ({ memBytes, swapBytes }: HintPoint): number => memBytes + swapBytes

/** The value that is not exceeded for that percentage of the time. */
const weighted = (
  points: readonly HintPoint[],
  percent: number,
  value: (point: HintPoint) => number,
): number => {
  const sorted = points.toSorted((a, b) => value(a) - value(b))
  let left = (points.reduce((ms, { spanMs }) => ms + spanMs, 0) * percent) / 100
  for (const point of sorted) {
    left -= point.spanMs
    if (left <= 0) return value(point)
  }
  return 0
}

const coresFor = (cores: number): number => Math.max(1, Math.ceil(cores - 0.05))
/** Clouds sell memory in powers of two. */
const sizeFor = (bytes: number): number =>
  2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, bytes) / GIB / USABLE_MEMORY / WELL_USED)))
const range = ({ min, max }: { min: number; max: number }): string =>
  min === max ? `${min}` : `${min}:${max}`
const figure = (value: number): string => value.toFixed(1)
const gib = (bytes: number): string => (bytes / GIB).toFixed(bytes < GIB ? 2 : 1)
