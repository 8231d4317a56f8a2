import type { Offer } from './instance.ts'

/** `2Core1GB/Spot`, as existing clients read it. */
export const sizeSentence = ({ cpu, memGB, market }: Pick<Offer, 'cpu' | 'memGB' | 'market'>): string =>
  `${cpu}Core${memGB}GB/${market === 'spot' ? 'Spot' : 'OnDemand'}`

/** `t3.micro (2Core1GB/Spot)` */
export const machineSentence = (machine: Pick<Offer, 'instanceType' | 'cpu' | 'memGB' | 'market'>): string =>
  `${machine.instanceType} (${sizeSentence(machine)})`
