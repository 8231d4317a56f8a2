import type { Market, Offer } from '@mmcloud/domain'
import type { InstanceType } from '@mmcloud/engine'
import type { LocalCloudConfig } from '../config.ts'
import { CATALOGUE } from './catalogue.ts'
import { spotPrice } from './spot-market.ts'

export type Machine = {
  readonly cpus: number
  readonly memGB: number
  readonly cpuFeatures: readonly string[]
}
type Taken = { readonly instanceType: string; readonly market: Market; readonly memGB: number }
type Settings = Pick<LocalCloudConfig, 'seed' | 'overcommit' | 'capacity'>

/** What can be rented at that instant, beside what runs already. */
export const offersAt = (
  settings: Settings,
  machine: Machine,
  taken: readonly Taken[],
  now: number,
): Offer[] =>
  CATALOGUE.flatMap((type) =>
    (['spot', 'onDemand'] as const)
      .filter((market) => lackOf(settings, machine, taken, type, market) === undefined)
      .map((market) => ({
        provider: 'local',
        instanceType: type.name,
        cpu: type.cpu,
        memGB: type.memGB,
        market,
        pricePerHour: priceAt(settings, type, market, now),
        cpuFeatures: machine.cpuFeatures,
      })),
  )

export const priceAt = (settings: Settings, type: InstanceType, market: Market, now: number): number =>
  market === 'spot' ? spotPrice(settings.seed, type, now) : type.onDemandPerHour

/** Why there is no room for one more, in words; undefined = there is. */
export const lackOf = (
  { overcommit, capacity }: Settings,
  machine: Machine,
  taken: readonly Taken[],
  type: InstanceType,
  market: Market,
): string | undefined => {
  const inMarket = taken.filter((each) => each.market === market)
  const ofType = inMarket.filter((each) => each.instanceType === type.name)
  if (inMarket.length >= (capacity?.[market] ?? Infinity)) return `the ${market} market is used up`
  if (ofType.length >= (capacity?.types?.[type.name]?.[market] ?? Infinity))
    return `${type.name} is used up in the ${market} market`
  if (overcommit) return undefined
  const used = taken.reduce((sum, { memGB }) => sum + memGB, 0)
  if (type.cpu > machine.cpus) return `${type.name} has more processors than this machine (${machine.cpus})`
  if (used + type.memGB > machine.memGB)
    return `${type.name} does not fit beside the ${used} GB in use of this machine's ${machine.memGB.toFixed(1)}`
  return undefined
}
