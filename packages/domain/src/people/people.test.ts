import { expect, test } from 'vitest'
import { passwordFault } from './password-rule.ts'
import { atLeast, maySeeJobsOf, ROLES } from './role.ts'

test('each role may what those before it may', () => {
  const may = ROLES.map((role) => ROLES.filter((least) => atLeast(role, least)).length)
  expect(may).toEqual([1, 2, 3])
})

test.each([
  ['viewer', 'ann', true],
  ['user', 'ann', false],
  ['user', 'eve', true],
  ['admin', 'ann', true],
] as const)('eve, a %s, sees jobs of %s: %s', (role, owner, sees) => {
  expect(maySeeJobsOf({ name: 'eve', role }, owner)).toBe(sees)
})

test.each([
  ['short12', 'at least 8'],
  ['x'.repeat(257), 'at most 256'],
  ['pass\tword1', 'control'],
  ['xxEVExx99', 'name'],
  ['aaaaaaaa', 'again and again'],
])('%j is refused', (password, words) => {
  expect(passwordFault(password, 'eve')).toContain(words)
})

test.each(['correct horse', 'ünïcödé!', '12345679'])('%j will do', (password) => {
  expect(passwordFault(password, 'eve')).toBeUndefined()
})
