import { expect, test } from 'vitest'
import { figureTable } from './figures.ts'

test('figures with a goal say whether it is met', () => {
  const figures = [
    { name: 'a', value: '1 MB' },
    { name: 'b', value: '2 ms', goal: '1 ms', met: false },
  ]
  expect(figureTable(figures).split('\n').slice(2)).toEqual([
    '| a | 1 MB |  |  |',
    '| b | 2 ms | 1 ms | no |',
  ])
})
