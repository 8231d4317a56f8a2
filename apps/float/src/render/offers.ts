import type { WeighedOffer } from '@mmcloud/contract'
import type { Context } from '../command.ts'
import { renderTable } from './table.ts'

type Weighed = { readonly need: string; readonly offers: readonly WeighedOffer[] }

export const printOffers = ({ world, format }: Context, weighed: Weighed): void =>
  world.out(format === 'json' ? `${JSON.stringify(weighed, null, 2)}\n` : offersText(weighed))

/** What a job would get: the one ticked, then the others with what speaks against them. */
export const offersText = ({ need, offers }: Weighed): string => {
  const taken = offers.find(({ rejected }) => rejected === undefined)
  const says = taken
    ? `${need}: would get ${taken.instanceType} (${MARKET[taken.market]}) at ${price(taken)} USD/h now`
    : `${need}: nothing that fits is to be had now`
  return `${says}\n${renderTable(['', 'TYPE', 'CPU', 'MEM GB', 'MARKET', 'USD/H', 'WHY NOT'], offers.map(row))}`
}

const MARKET = { spot: 'Spot', onDemand: 'OnDemand' } as const

const row = (offer: WeighedOffer): string[] => [
  offer.rejected === undefined ? '✓' : '',
  offer.instanceType,
  String(offer.cpu),
  String(offer.memGB),
  MARKET[offer.market],
  price(offer),
  offer.rejected ?? '',
]

const price = ({ pricePerHour }: WeighedOffer): string => pricePerHour.toFixed(4)
