import { expect, test } from 'vitest'
import { passwordFault } from './password-rule.ts'
import { mayChangeJobsOf, maySeeJobsOf } from './person.ts'
import { atLeast, ROLES } from './role.ts'

test('each role may what those before it may', () => {
  const may = ROLES.map((role) => ROLES.filter((least) => atLeast(role, least)).length)
  expect(may).toEqual([1, 2, 3])
})

test.each([
  ['viewer', 'ann', true, false],
  ['viewer', 'eve', true, false],
  ['user', 'ann', false, false],
  ['user', 'bob', true, false],
  ['user', 'eve', true, true],
  ['admin', 'ann', true, true],
] as const)(
  'eve, a %s and colleague of bob, sees jobs of %s: %s, changes them: %s',
  (role, owner, sees, changes) => {
    const eve = { name: 'eve', role, colleagues: new Set(['bob']) }
    expect([maySeeJobsOf(eve, owner), mayChangeJobsOf(eve, owner)]).toEqual([sees, changes])
  },
)

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
