import type { Instance } from '../instance/instance.ts'
import type { Volume } from '../volume/volume.ts'
import { instanceCost } from './instance-cost.ts'
import { volumeCost } from './volume-cost.ts'

/** USD: what was paid, and what it would have been otherwise. */
export type CostSums = {
  readonly total: number
  readonly spot: number
  readonly onDemand: number
  readonly volumes: number
  /** The same instances for the same time, all on demand. */
  readonly allOnDemand: number
  /** The dearest type the job was on, at the price paid for it, from its first instance to its last. */
  readonly largestFromTheStart: number
  readonly savedAgainstOnDemand: number
  readonly savedAgainstLargest: number
}

/** Prices that hold whatever was paid. */
export type PriceList = {
  /** USD an hour by type; a type that is not sold any more counts at what was paid. */
  readonly onDemandPerHour: ReadonlyMap<string, number>
  readonly volumePricePerGBMonth: number
}

const HOUR_MS = 3_600_000

/** What all instances and volumes that a job has or had have cost until `now`. */
export const jobCost = (
  instances: readonly Instance[],
  volumes: readonly Volume[],
  prices: PriceList,
  now: number,
): CostSums => {
  const rented = instances.filter(({ cloudId }) => cloudId !== undefined)
  const onDemandPrice = ({ offer }: Instance): number =>
    prices.onDemandPerHour.get(offer.instanceType) ?? offer.pricePerHour
  const paid = (market: Instance['offer']['market']): number =>
    sum(rented.filter(({ offer }) => offer.market === market).map((instance) => instanceCost(instance, now)))
  const disks = sum(volumes.map((volume) => volumeCost(volume, prices.volumePricePerGBMonth, now)))
  const asOnDemand = sum(
    rented.map((instance) =>
      instanceCost({ ...instance, offer: { ...instance.offer, pricePerHour: onDemandPrice(instance) } }, now),
    ),
  )
  const dearest = rented.toSorted((a, b) => onDemandPrice(b) - onDemandPrice(a))[0]?.offer.pricePerHour ?? 0
  const [spot, onDemand] = [paid('spot'), paid('onDemand')]
  const total = spot + onDemand + disks
  const allOnDemand = asOnDemand + disks
  const largestFromTheStart = (dearest * busyMs(rented, now)) / HOUR_MS + disks
  return {
    total,
    spot,
    onDemand,
    volumes: disks,
    allOnDemand,
    largestFromTheStart,
    savedAgainstOnDemand: allOnDemand - total,
    savedAgainstLargest: largestFromTheStart - total,
  }
}

/** The sums of several jobs. */
export const addCosts = (costs: readonly CostSums[]): CostSums => {
  const of = (key: keyof CostSums): number => sum(costs.map((cost) => cost[key]))
  return {
    total: of('total'),
    spot: of('spot'),
    onDemand: of('onDemand'),
    volumes: of('volumes'),
    allOnDemand: of('allOnDemand'),
    largestFromTheStart: of('largestFromTheStart'),
    savedAgainstOnDemand: of('savedAgainstOnDemand'),
    savedAgainstLargest: of('savedAgainstLargest'),
  }
}

/** Time in which the job had an instance at all: while it rests, nobody would rent one. */
const busyMs = (instances: readonly Instance[], now: number): number => {
  let [busy, until] = [0, 0]
  for (const { requestedAt, goneAt } of instances.toSorted((a, b) => a.requestedAt - b.requestedAt)) {
    const end = goneAt ?? now
    busy += Math.max(0, end - Math.max(requestedAt, until))
    until = Math.max(until, end)
  }
  return busy
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
