import { expect, test } from 'vitest'
import { readResources } from './resources.ts'

test.each([
  [undefined, '1', '1'],
  [[], '1', '1'],
  [[null, null, null, null], '1', '1'],
  [['2', '4', null, null], '2', '4'],
  [['2', '4', '8', '16'], '2:8', '4:16'],
  [[null, null, '4', '8'], '4:4', '8:8'],
  [[2, 4, 2, null], '2:2', '4'],
])('%j asks for %s vCPUs and %s GiB', (given, cpu, mem) => expect(readResources(given)).toEqual({ cpu, mem }))

test.each([
  [['4', '1', '2', null], 'more cpu than its limit: 4 > 2'],
  [['1', '9', null, '8'], 'more mem than its limit: 9 > 8'],
  [['1.5'], '"1.5" is not a whole number'],
  [['0'], 'above 0'],
  [['many'], '"many"'],
  ['2', 'is not [minCpu'],
  [['1', '1', '1', '1', '1'], 'is not [minCpu'],
])('%j is refused', (given, sentence) => expect(() => readResources(given)).toThrow(sentence))
