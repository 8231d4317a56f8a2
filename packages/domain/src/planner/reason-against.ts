import type { Offer } from '../instance/instance.ts'
import type { VmPolicy } from '../job/vm-policy.ts'
import type { ResourceNeed } from './choose-offers.ts'
import { typeRefusal } from './type-filter.ts'

const GIB = 2 ** 30
/** The share of an instance's memory a job can count on: the rest is the system's, the worker's and head room. */
export const USABLE_MEMORY = 0.85

type Size = Pick<Offer, 'instanceType' | 'cpu' | 'memGB'>

/** Why a type is too small, too large or the wrong one for a need; nothing when its size fits. */
export const sizeReasonAgainst = (size: Size, need: ResourceNeed): string | undefined => {
  const { cpu, memGB, instanceType, types } = need
  const refusal = types && typeRefusal(types, size.instanceType)
  if (refusal !== undefined) return refusal
  if (instanceType !== undefined)
    return size.instanceType === instanceType ? undefined : `not ${instanceType}`
  if (size.memGB < memGB.min) return `too little memory: ${size.memGB} GB of ${amount(memGB.min)}`
  if (size.cpu < cpu.min) return `too few cores: ${size.cpu} of ${amount(cpu.min)}`
  if (memGB.max !== undefined && size.memGB > memGB.max) return `more memory than ${amount(memGB.max)} GB`
  if (cpu.max !== undefined && size.cpu > cpu.max) return `more cores than ${amount(cpu.max)}`
  return undefined
}

/** The first reason why an offer cannot be taken for this need and policy; nothing when it can. */
export const reasonAgainst = (offer: Offer, need: ResourceNeed, policy: VmPolicy): string | undefined => {
  const bySize = sizeReasonAgainst(offer, need)
  if (bySize !== undefined) return bySize
  const missing = (need.cpuFeatures ?? []).filter((feature) => !offer.cpuFeatures.includes(feature))
  if (missing.length > 0) return `its processors lack ${missing.join(', ')}`
  if (policy.policy === 'spotOnly' && offer.market !== 'spot') return 'not within spotOnly'
  if (policy.policy === 'onDemand' && offer.market !== 'onDemand') return 'not within onDemand'
  if (policy.priceLimit !== undefined && offer.pricePerHour > policy.priceLimit)
    return `dearer than the price limit of ${policy.priceLimit} USD/h`
  if (need.savedBytes !== undefined && need.savedBytes > offer.memGB * GIB * USABLE_MEMORY)
    return `too little memory for the ${amount(need.savedBytes / GIB)} GB that it holds`
  return undefined
}

const amount = (value: number): string => String(Math.round(value * 100) / 100)
