import { expect, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { offersAt } from './offers.ts'

const machine = { cpus: 2, memGB: 16, cpuFeatures: ['avx2'] }
const settings = { seed: 1, overcommit: false }
const names = (...args: Parameters<typeof offersAt>): string[] =>
  offersAt(...args).map(({ instanceType, market }) => `${instanceType}/${market}`)

test('types larger than the machine are not offered, unless it is overcommitted', () => {
  expect(names(settings, machine, [], 0)).toContain('r5.large/spot')
  expect(names(settings, machine, [], 0)).not.toContain('c5.xlarge/spot')
  expect(names({ ...settings, overcommit: true }, machine, [], 0)).toHaveLength(CATALOGUE.length * 2)
})

test('what does not fit beside what runs is not offered', () => {
  const taken = [{ instanceType: 'm5.large', market: 'spot' as const, memGB: 8 }]
  expect(names(settings, machine, taken, 0)).toContain('m5.large/spot')
  expect(names(settings, machine, taken, 0)).not.toContain('r5.large/spot')
})

test('limits hold by market and by type', () => {
  const capacity = { onDemand: 0, types: { 't3.micro': { spot: 1 } } }
  const taken = [{ instanceType: 't3.micro', market: 'spot' as const, memGB: 1 }]
  const offered = names({ ...settings, capacity }, machine, taken, 0)
  expect(offered.filter((name) => name.endsWith('/onDemand'))).toEqual([])
  expect(offered).not.toContain('t3.micro/spot')
  expect(offered).toContain('t3.small/spot')
})
