import { DEFAULT_VM_POLICY } from '@mmcloud/domain'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatVmPolicy, parseVmPolicy } from './vm-policy.ts'

test.each([
  ['[spotFirst=true]', DEFAULT_VM_POLICY],
  ['[]', DEFAULT_VM_POLICY],
  ['[onDemand=true]', { ...DEFAULT_VM_POLICY, policy: 'onDemand' }],
  ['SpotOnly=true', { ...DEFAULT_VM_POLICY, policy: 'spotOnly' }],
  [
    '[spotOnly=true,retryLimit=10,retryInterval=300s,priceLimit=0.1]',
    { policy: 'spotOnly', retryLimit: 10, retryIntervalSeconds: 300, priceLimit: 0.1 },
  ],
])('%s', (text, policy) => expect(parseVmPolicy(text)).toEqual(policy))

test.each([
  ['[spotOnly=true,onDemand=true]', 'spotOnly and onDemand exclude each other'],
  ['[spotOnly=yes]', '--vmPolicy: spotOnly="yes"'],
  ['[retryLimit=many]', '--vmPolicy retryLimit'],
  ['[retryInterval=soon]', '--vmPolicy retryInterval'],
  ['[priceLimit=0]', '--vmPolicy priceLimit'],
  ['[cheap=true]', 'unknown key "cheap"'],
  ['[spotOnly=true', 'brackets'],
  ['[spotOnly]', 'not KEY=VALUE'],
])('%s is refused with its key', (text, sentence) => expect(() => parseVmPolicy(text)).toThrow(sentence))

test('what is printed reads back', () => {
  const policies = fc.record(
    {
      policy: fc.constantFrom('spotFirst' as const, 'spotOnly' as const, 'onDemand' as const),
      retryLimit: fc.nat(999_999),
      retryIntervalSeconds: fc.nat(1_000_000),
      priceLimit: fc.integer({ min: 1, max: 100_000 }).map((n) => n / 1000),
    },
    { requiredKeys: ['policy', 'retryLimit', 'retryIntervalSeconds'] },
  )
  fc.assert(
    fc.property(policies, (policy) => {
      expect(parseVmPolicy(formatVmPolicy(policy))).toEqual(policy)
    }),
  )
})
