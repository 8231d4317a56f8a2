import type { JobView } from '@mmcloud/contract'

type Policy = JobView['migratePolicy']

/** When a job moves for its size, a clause for each rule: `memory up above 90 % for 30s`, `CPU off`, `evadeOOM on`. */
export const policyLines = ({ cpu, mem, evadeOOM, stepAuto }: Policy): readonly string[] => [
  dimensionLine('CPU', cpu, stepAuto),
  dimensionLine('memory', mem, stepAuto),
  `evadeOOM ${evadeOOM ? 'on' : 'off'}`,
]

/** The same in as few letters as can be understood: `memory 5–90 % (30s up, 5m0s down, step auto)`. */
export const policyInShort = ({ cpu, mem, evadeOOM, stepAuto }: Policy): readonly string[] => [
  dimensionInShort('CPU', cpu, stepAuto),
  dimensionInShort('memory', mem, stepAuto),
  `evadeOOM ${evadeOOM ? 'on' : 'off'}`,
]

const dimensionInShort = (name: string, policy: Policy['cpu'], stepAuto: boolean): string => {
  if (policy.disable) return `${name} off`
  const { upperBoundRatio, upperBoundDuration, lowerBoundRatio, lowerBoundDuration, step } = policy
  const how = `${upperBoundDuration} up, ${lowerBoundDuration} down, ${stepAuto ? 'auto' : `${step} %`}`
  return `${name} ${lowerBoundRatio}–${upperBoundRatio} % (${how})`
}

const dimensionLine = (name: string, policy: Policy['cpu'], stepAuto: boolean): string => {
  if (policy.disable) return `${name} off`
  const {
    upperBoundRatio,
    upperBoundDuration,
    lowerBoundRatio,
    lowerBoundDuration,
    step,
    limit,
    lowerLimit,
  } = policy
  const limits = [
    ...(lowerLimit === undefined ? [] : [`from ${lowerLimit}`]),
    ...(limit === undefined ? [] : [`up to ${limit}`]),
  ]
  return [
    `${name} up at ${upperBoundRatio} % for ${upperBoundDuration}`,
    `down at ${lowerBoundRatio} % for ${lowerBoundDuration}`,
    stepAuto ? 'by what it needs' : `by ${step} %`,
    ...limits,
  ].join(', ')
}
