import { expect, test } from 'vitest'
import { checkReferences, parseSecretName, secretsIn, withSecrets } from './secret.ts'

const ENV = { URL: 'db://u:{secret:db-pass}@h/{secret:db_name}', AGAIN: '{secret:db-pass}', PLAIN: 'a' }

test('references are found wherever they stand, each once', () => {
  expect(secretsIn(ENV)).toEqual(['db-pass', 'db_name'])
})

test('references are replaced, and what a secret holds is not read again', () => {
  const values = new Map([
    ['db-pass', "$& {secret:db_name} $'"],
    ['db_name', 'main'],
  ])
  expect(withSecrets(ENV, values)).toEqual({
    URL: "db://u:$& {secret:db_name} $'@h/main",
    AGAIN: "$& {secret:db_name} $'",
    PLAIN: 'a',
  })
})

test.each(['a', 'A-b_9', '-', 'x'.repeat(128)])('%s is a name', (name) =>
  expect(parseSecretName(name)).toBe(name),
)

test.each(['', 'a.b', 'a/b', 'a b', '..', 'ü', 'a\n', 'x'.repeat(129)])('%j is none', (name) =>
  expect(() => parseSecretName(name)).toThrow('letters, digits'),
)

test.each(['{secret:}', '{secret:a b}', '{secret:a', '{secret:a}{secret:', '{secret:ä}'])(
  '%j is a reference gone wrong, and is refused without being repeated',
  (value) =>
    expect(() => checkReferences('KEY', `hush${value}`)).toThrow(/^Invalid argument, --env KEY: (?!.*hush)/),
)

test.each(['', 'secret:a', '{secret}', '{ secret:a}', '{secret:a}', '{{secret:a}}'])('%j is well', (value) =>
  expect(() => checkReferences('KEY', value)).not.toThrow(),
)
