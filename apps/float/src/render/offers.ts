import type { WeighedOffer } from '@mmcloud/contract'
import type { Context } from '../command.ts'
import { renderTable } from './table.ts'

/** What a job would get: the one ticked, then the others with what speaks against them. */
export const printOffers = (
  { world, format }: Context,
  answer: { readonly need: string; readonly offers: readonly WeighedOffer[] },
): void => {
  if (format === 'json') return world.out(`${JSON.stringify(answer, null, 2)}\n`)
  const taken = answer.offers.find(({ rejected }) => rejected === undefined)
  const says = taken
    ? `${answer.need}: would get ${taken.instanceType} (${MARKET[taken.market]}) at ${price(taken)} USD/h now`
    : `${answer.need}: nothing that fits is to be had now`
  world.out(
    `${says}\n${renderTable(['', 'TYPE', 'CPU', 'MEM GB', 'MARKET', 'USD/H', 'WHY NOT'], answer.offers.map(row))}`,
  )
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
