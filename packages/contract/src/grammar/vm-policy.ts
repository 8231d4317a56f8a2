import { DEFAULT_VM_POLICY, invalidArgument, type VmPolicy } from '@mmcloud/domain'
import { formatDuration, parseDuration } from './duration.ts'
import { parseOptions } from './options.ts'

const FLAG = '--vmPolicy'
const POLICIES = { spotfirst: 'spotFirst', spotonly: 'spotOnly', ondemand: 'onDemand' } as const

/** `[spotOnly=true,retryLimit=10,retryInterval=300s,priceLimit=0.1]`, also without the brackets; keys in any case. */
export const parseVmPolicy = (text: string): VmPolicy => {
  const trimmed = text.trim()
  const bracketed = trimmed.startsWith('[')
  if (bracketed !== trimmed.endsWith(']'))
    throw invalidArgument(`${FLAG}: the brackets in "${text}" do not match`)
  const options = parseOptions(bracketed ? trimmed.slice(1, -1) : trimmed, FLAG)

  const policy = wantedPolicy(options)
  const retryLimit = take(options, 'retrylimit', count)
  const retryIntervalSeconds = take(options, 'retryinterval', (value) =>
    parseDuration(value, `${FLAG} retryInterval`),
  )
  const priceLimit = take(options, 'pricelimit', price)
  const [unknown] = options.keys()
  if (unknown !== undefined) {
    throw invalidArgument(
      `${FLAG}: unknown key "${unknown}"; known are spotFirst, spotOnly, onDemand, retryLimit, retryInterval, priceLimit`,
    )
  }
  return {
    policy,
    retryLimit: retryLimit ?? DEFAULT_VM_POLICY.retryLimit,
    retryIntervalSeconds: retryIntervalSeconds ?? DEFAULT_VM_POLICY.retryIntervalSeconds,
    ...(priceLimit === undefined ? {} : { priceLimit }),
  }
}

export const formatVmPolicy = (policy: VmPolicy): string => {
  const price = policy.priceLimit === undefined ? '' : `,priceLimit=${policy.priceLimit}`
  const interval = formatDuration(policy.retryIntervalSeconds)
  return `[${policy.policy}=true,retryLimit=${policy.retryLimit},retryInterval=${interval}${price}]`
}

const wantedPolicy = (options: Map<string, string>): VmPolicy['policy'] => {
  const wanted: VmPolicy['policy'][] = []
  for (const [key, policy] of Object.entries(POLICIES)) {
    const value = options.get(key)
    options.delete(key)
    if (value === undefined || value === 'false') continue
    if (value !== 'true') throw invalidArgument(`${FLAG}: ${policy}="${value}" is neither true nor false`)
    wanted.push(policy)
  }
  if (wanted.length > 1) throw invalidArgument(`${FLAG}: ${wanted.join(' and ')} exclude each other`)
  return wanted[0] ?? DEFAULT_VM_POLICY.policy
}

const take = <T>(options: Map<string, string>, key: string, read: (value: string) => T): T | undefined => {
  const value = options.get(key)
  options.delete(key)
  return value === undefined ? undefined : read(value)
}

const count = (value: string): number => {
  if (!/^\d{1,6}$/.test(value)) throw invalidArgument(`${FLAG} retryLimit: "${value}" is not a whole number`)
  return Number(value)
}

const price = (value: string): number => {
  if (!/^\d+(\.\d+)?$/.test(value) || Number(value) === 0) {
    throw invalidArgument(`${FLAG} priceLimit: "${value}" is not a price in USD an hour`)
  }
  return Number(value)
}
