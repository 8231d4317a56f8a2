import { expect, test } from 'vitest'
import { typeRefusal } from './type-filter.ts'

test.each([
  [[], [], 'm5.large', undefined],
  [['m5*'], [], 'm5.large', undefined],
  [['M5.LARGE'], [], 'm5.large', undefined],
  [['r5*', '*.large'], [], 'm5.large', undefined],
  [['m?.large'], [], 'm5.large', undefined],
  [['r5*', 'c5*'], [], 'm5.large', 'not on the allowList: r5*, c5*'],
  [['m5'], [], 'm5.large', 'not on the allowList: m5'],
  [['m5xlarge'], [], 'm5.large', 'not on the allowList: m5xlarge'],
  [[], ['t3*', 'm5*'], 'm5.large', 'on the denyList: m5*'],
  [['m5*'], ['*.large'], 'm5.large', 'on the denyList: *.large'],
])('of %j but %j, %s is %s', (allow, deny, type, refusal) => {
  expect(typeRefusal({ allow, deny }, type)).toBe(refusal)
})
