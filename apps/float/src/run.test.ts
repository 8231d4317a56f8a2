import { expect, test } from 'vitest'
import { fakeWorld } from './fake-world.ts'

test.each([
  [['--help'], 0, 'Usage: float COMMAND'],
  [['submit', '-h'], 0, 'Usage: float submit'],
  [['help', 'drill'], 0, 'Usage: float drill'],
  [[], 0, 'Usage: float COMMAND'],
])('%j helps', async (argv, code, text) => {
  const result = await fakeWorld({}).float(...argv)
  expect([result.code, result.stdout.includes(text)]).toEqual([code, true])
})

test.each([
  [['bogus'], 2, 'Error: unknown command "bogus"'],
  [['list', '-F', 'xml'], 2, 'Error: --format: "xml" is none of'],
  [['log', 'rm', '-j', 'x'], 2, 'Error: log: "rm" is none of'],
])('%j is an error', async (argv, code, text) => {
  const result = await fakeWorld({}).float(...argv)
  expect([result.code, result.stdout]).toEqual([code, ''])
  expect(result.stderr).toContain(text)
})
