import { localDay, localMinute, localSecond } from '../local-time.ts'

/** From a value to a coordinate. */
export type Scale = (value: number) => number

export const linear =
  (from: number, to: number, start: number, end: number): Scale =>
  (value) =>
    to === from ? start : start + ((value - from) / (to - from)) * (end - start)

export type Tick = { readonly value: number; readonly label: string }

/** How numbers of a kind are told: what 1 of the unit is, its name, and which steps are round in it. */
export type Unit = { readonly name: string; readonly size: number; readonly steps: readonly number[] }

const KIB = 1024
const DECIMAL = [1, 2, 5]
const BINARY = [1, 2, 4]
export const PERCENT: Unit = { name: '%', size: 1, steps: DECIMAL }
/** Amounts of memory come in powers of two. */
export const memoryUnit = (most: number): Unit =>
  most < 1.5 * KIB ** 3
    ? { name: 'MiB', size: KIB ** 2, steps: DECIMAL }
    : { name: 'GiB', size: KIB ** 3, steps: BINARY }
export const rateUnit = (most: number): Unit => {
  if (most < 0.5 * KIB ** 2) return { name: 'KiB/s', size: KIB, steps: DECIMAL }
  return most < 2 * KIB ** 3
    ? { name: 'MiB/s', size: KIB ** 2, steps: DECIMAL }
    : { name: 'GiB/s', size: KIB ** 3, steps: DECIMAL }
}

/** Round values from 0 to `most`, at most `count` above 0. */
export const valueTicks = (most: number, unit: Unit, count: number): readonly Tick[] => {
  const step = roundStep(most / unit.size / count, unit.steps)
  const ticks: Tick[] = []
  for (let at = 0; at * step <= (most / unit.size) * 1.000_001; at++)
    ticks.push({ value: at * step * unit.size, label: String(Number((at * step).toPrecision(6))) })
  return ticks
}

/** The least round step that is not below `least`. GiB go on in powers of two. */
const roundStep = (least: number, steps: readonly number[]): number => {
  if (!(least > 0)) return 1
  if (steps === BINARY) return 2 ** Math.ceil(Math.log2(least) - 1e-9)
  const power = 10 ** Math.floor(Math.log10(least))
  for (const step of [...steps, 10]) if (step * power >= least * 0.999_999) return step * power
  return 10 * power
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 365].map((n) => n * DAY),
]

export type TimeTick = Tick & { /** Where the day is to be named. */ readonly day?: string }

/** Round local times between two instants, at most `count`; the first of each day names it. */
export const timeTicks = (from: number, to: number, count: number): readonly TimeTick[] => {
  const step = TIME_STEPS.find((each) => (to - from) / each <= count) ?? 365 * DAY
  // Round by the clock on the wall, so that hours stay whole in every zone.
  const offset = new Date(from).getTimezoneOffset() * MINUTE
  const first = Math.ceil((from - offset) / step) * step + offset
  const ticks: TimeTick[] = []
  let day = ''
  for (let value = first; value <= to; value += step) {
    const today = localDay(value)
    const label = step >= DAY ? today : step < MINUTE ? localSecond(value) : localMinute(value)
    ticks.push({ value, label, ...(today === day || step >= DAY ? {} : { day: today }) })
    day = today
  }
  return ticks
}
