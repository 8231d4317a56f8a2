import { expect, test } from 'vitest'
import { ShownOutput } from './shown-output.ts'

const matches = (shown: string, came: string): boolean => new ShownOutput({}).matches(shown.split('\n'), came)

test.each([
  ['the same', 'the same\n'],
  ['at 2026-11-24T05:30:00Z, 05:30:00', 'at 2027-01-01T23:59:59Z, 23:59:59'],
  ['took 371 ms, at +2.5s', 'took 1.2 s, at +1m4s'],
  ['| hello | 3s |', '| hello        | 1m12s |'],
  ['+------+', '+--------------+'],
  ['0.0029 USD/h, saved 45 %', '0.013 USD/h, saved 7 %'],
  ['first\n…\nlast', 'first\nlast'],
  ['first\n…\nlast', 'first\nsecond\nthird\nlast'],
  ['chose … of those', 'chose t3.micro (Spot) of those'],
])('%s stands for %s', (shown, came) => {
  expect(matches(shown, came)).toBe(true)
})

test.each([
  ['the same', 'another'],
  ['the same', 'the same\nand more'],
  ['first\nlast', 'first\nsecond\nlast'],
  ['3 moves', '4 moves'],
  ['a.b', 'axb'],
  ['took 371 ms', 'took long'],
  ['of 10.0.0.1 and 10.0.0.1', 'of 10.0.0.2 and 10.0.0.3'],
])('%s does not stand for %s', (shown, came) => {
  expect(matches(shown, came)).toBe(false)
})

test('an id of the document means the one that came, there and in commands, from then on', () => {
  const output = new ShownOutput({ '127.0.0.1:8443': '127.0.0.1:5000' })
  expect(output.matches(['id: c1ztv6q0dhx3m9bw2k7pa'], 'id: 1anv1v6rb8adrp3vqm46t')).toBe(true)
  expect(output.inPlace('ID=c1ztv6q0dhx3m9bw2k7pa float -a 127.0.0.1:8443')).toBe(
    'ID=1anv1v6rb8adrp3vqm46t float -a 127.0.0.1:5000',
  )
  expect(
    output.matches(['c1ztv6q0dhx3m9bw2k7pa at 127.0.0.1:8443'], '1anv1v6rb8adrp3vqm46t at 127.0.0.1:5000'),
  ).toBe(true)
  expect(output.matches(['c1ztv6q0dhx3m9bw2k7pa'], '2anv1v6rb8adrp3vqm46t')).toBe(false)
})

test('what did not match teaches nothing', () => {
  const output = new ShownOutput({})
  expect(output.matches(['10.0.0.1', 'ready'], '10.0.0.9\nnot yet')).toBe(false)
  expect(output.inPlace('curl 10.0.0.1')).toBe('curl 10.0.0.1')
})
