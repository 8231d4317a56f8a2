import {
  DEFAULT_MIGRATE_POLICY,
  type DimensionPolicy,
  invalidArgument,
  type MigratePolicy,
  type Range,
} from '@mmcloud/domain'
import { formatDuration, parseDuration } from './duration.ts'
import { parseOptions } from './options.ts'

const FLAG = '--migratePolicy'
/** So much of what a job used is at hand when it is judged. */
const MOST_SECONDS = 3600
const DIMENSIONS = ['cpu', 'mem'] as const
type Dimension = (typeof DIMENSIONS)[number]

/** Keys of one dimension, `cpu.` or `mem.` before them, and what each changes. */
const DIMENSION_KEYS: Record<string, (value: string, key: string) => Partial<DimensionPolicy>> = {
  disable: (value, key) => ({ disable: truth(value, key) }),
  upperBoundRatio: (value, key) => ({ upperBoundRatio: ratio(value, key) }),
  upperBoundDuration: (value, key) => ({ upperBoundSeconds: duration(value, key) }),
  lowerBoundRatio: (value, key) => ({ lowerBoundRatio: ratio(value, key) }),
  lowerBoundDuration: (value, key) => ({ lowerBoundSeconds: duration(value, key) }),
  step: (value, key) => ({ step: step(value, key) }),
  limit: (value, key) => ({ limit: amount(value, key) }),
  lowerLimit: (value, key) => ({ lowerLimit: amount(value, key) }),
}
const KEYS = ['enable', 'disable', 'evadeOOM', 'stepAuto'] as const

/**
 * `[enable=true,mem.upperBoundRatio=80,evadeOOM=false]`, also without the brackets; keys in any case. What is not named
 * stays as in `before`. `enable` and `disable` switch both dimensions, `cpu.disable` and `mem.disable` one and stand over
 * them; `evadeOOM` is switched by its own key only.
 */
export const parseMigratePolicy = (text: string, before = DEFAULT_MIGRATE_POLICY): MigratePolicy => {
  const trimmed = text.trim()
  const bracketed = trimmed.startsWith('[')
  if (bracketed !== trimmed.endsWith(']'))
    throw invalidArgument(`${FLAG}: the brackets in "${text}" do not match`)
  const options = parseOptions(bracketed ? trimmed.slice(1, -1) : trimmed, FLAG)
  const take = (key: string): string | undefined => {
    const value = options.get(key.toLowerCase())
    options.delete(key.toLowerCase())
    return value
  }
  const disabled = bothDisabled(take('enable'), take('disable'))
  const evadeOOM = take('evadeOOM')
  const stepAuto = take('stepAuto')
  const policy = {
    evadeOOM: evadeOOM === undefined ? before.evadeOOM : truth(evadeOOM, 'evadeOOM'),
    stepAuto: stepAuto === undefined ? before.stepAuto : truth(stepAuto, 'stepAuto'),
    cpu: dimension('cpu', disabled, before.cpu, take),
    mem: dimension('mem', disabled, before.mem, take),
  }
  const [unknown] = options.keys()
  if (unknown !== undefined) {
    const written = new RegExp(unknown.replaceAll(/\W/g, String.raw`\$&`), 'i').exec(text)?.[0] ?? unknown
    throw invalidArgument(`${FLAG}: unknown key "${written}"; known are ${knownKeys()}`)
  }
  for (const name of DIMENSIONS) checkDimension(name, policy[name])
  return policy
}

/** The policy in one line that `parseMigratePolicy` reads; only what differs from the defaults beside what is switched. */
export const formatMigratePolicy = (policy: MigratePolicy): string => {
  const parts = [`evadeOOM=${policy.evadeOOM}`]
  if (policy.stepAuto) parts.push('stepAuto=true')
  for (const name of DIMENSIONS) {
    const own = policy[name]
    const usual = DEFAULT_MIGRATE_POLICY[name]
    parts.push(`${name}.disable=${own.disable}`)
    const differs = <K extends keyof DimensionPolicy>(key: K): boolean => own[key] !== usual[key]
    if (differs('upperBoundRatio')) parts.push(`${name}.upperBoundRatio=${own.upperBoundRatio}`)
    if (differs('upperBoundSeconds'))
      parts.push(`${name}.upperBoundDuration=${formatDuration(own.upperBoundSeconds)}`)
    if (differs('lowerBoundRatio')) parts.push(`${name}.lowerBoundRatio=${own.lowerBoundRatio}`)
    if (differs('lowerBoundSeconds'))
      parts.push(`${name}.lowerBoundDuration=${formatDuration(own.lowerBoundSeconds)}`)
    if (differs('step')) parts.push(`${name}.step=${own.step}`)
    if (own.limit !== undefined) parts.push(`${name}.limit=${own.limit}`)
    if (own.lowerLimit !== undefined) parts.push(`${name}.lowerLimit=${own.lowerLimit}`)
  }
  return `[${parts.join(',')}]`
}

/** A limit must leave room for what the job itself asks for. */
export const checkLimits = (
  policy: MigratePolicy,
  bounds: { readonly cpu: Range; readonly memGB: Range },
): void => {
  const asked = { cpu: bounds.cpu, mem: bounds.memGB }
  for (const name of DIMENSIONS) {
    const { limit, lowerLimit } = policy[name]
    const { min, max } = asked[name]
    if (limit !== undefined && limit < min)
      throw invalidArgument(`${FLAG} ${name}.limit: ${limit} is below the job's minimum of ${min}`)
    if (lowerLimit !== undefined && max !== undefined && lowerLimit > max)
      throw invalidArgument(`${FLAG} ${name}.lowerLimit: ${lowerLimit} is above the job's maximum of ${max}`)
  }
}

const bothDisabled = (enable: string | undefined, disable: string | undefined): boolean | undefined => {
  const enabled = enable === undefined ? undefined : truth(enable, 'enable')
  const disabled = disable === undefined ? undefined : truth(disable, 'disable')
  if (enabled !== undefined && enabled === disabled)
    throw invalidArgument(`${FLAG}: enable=${enabled} and disable=${disabled} exclude each other`)
  return disabled ?? (enabled === undefined ? undefined : !enabled)
}

const dimension = (
  name: Dimension,
  disabled: boolean | undefined,
  before: DimensionPolicy,
  take: (key: string) => string | undefined,
): DimensionPolicy => {
  const changes = Object.entries(DIMENSION_KEYS).map(([key, read]) => {
    const value = take(`${name}.${key}`)
    return value === undefined ? {} : read(value, `${name}.${key}`)
  })
  const { limit, lowerLimit, ...policy }: DimensionPolicy = Object.assign(
    { ...before },
    disabled === undefined ? {} : { disable: disabled },
    ...changes,
  )
  // 0 lifts either: nothing is below it, and nothing could be at most it.
  return { ...policy, ...(limit ? { limit } : {}), ...(lowerLimit ? { lowerLimit } : {}) }
}

const checkDimension = (name: Dimension, policy: DimensionPolicy): void => {
  const { lowerBoundRatio, upperBoundRatio, limit, lowerLimit } = policy
  if (lowerBoundRatio >= upperBoundRatio)
    throw invalidArgument(
      `${FLAG} ${name}.lowerBoundRatio: ${lowerBoundRatio} is not below ${name}.upperBoundRatio ${upperBoundRatio}`,
    )
  if (limit !== undefined && lowerLimit !== undefined && lowerLimit > limit)
    throw invalidArgument(`${FLAG} ${name}.lowerLimit: ${lowerLimit} is above ${name}.limit ${limit}`)
}

const truth = (value: string, key: string): boolean => {
  if (value !== 'true' && value !== 'false')
    throw invalidArgument(`${FLAG} ${key}: "${value}" is neither true nor false`)
  return value === 'true'
}

const ratio = (value: string, key: string): number => {
  const number = numberOf(value)
  if (number === undefined || number > 100)
    throw invalidArgument(`${FLAG} ${key}: "${value}" is not a percentage from 0 to 100`)
  return number
}

/** A hundredfold at a time is a slip of the finger. */
const step = (value: string, key: string): number => {
  const number = numberOf(value)
  if (number === undefined || number === 0 || number > 10_000)
    throw invalidArgument(`${FLAG} ${key}: "${value}" is not a percentage above 0 and up to 10000`)
  return number
}

const amount = (value: string, key: string): number => {
  const number = numberOf(value)
  if (number === undefined)
    throw invalidArgument(
      `${FLAG} ${key}: "${value}" is not a number of ${key.startsWith('cpu') ? 'cores' : 'GB'}`,
    )
  return number
}

const duration = (value: string, key: string): number => {
  const seconds = parseDuration(value, `${FLAG} ${key}`)
  if (seconds === 0 || seconds > MOST_SECONDS)
    throw invalidArgument(`${FLAG} ${key}: must be from 1s to 1h, not ${value}`)
  return seconds
}

const numberOf = (value: string): number | undefined =>
  /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined

const knownKeys = (): string =>
  [...KEYS, ...Object.keys(DIMENSION_KEYS).map((key) => `cpu.${key}`), 'the same with mem.'].join(', ')
