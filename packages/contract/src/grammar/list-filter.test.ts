import { expect, test } from 'vitest'
import { type Filterable, parseListFilters } from './list-filter.ts'

const job: Filterable = {
  id: 'x1',
  name: 'Night run',
  user: 'admin',
  image: 'python',
  status: 'Executing',
  category: 'running',
  instanceType: 'm5.large',
  host: '10.0.0.1',
}

test.each([
  [[], true],
  [[''], true],
  [['user=admin'], true],
  [['user=other'], false],
  [['status=Executing or status=Starting'], true],
  [['status=starting OR status=executing'], true],
  [['user=admin', 'status=Starting or status=Submitted'], false],
  [['name="Night run"'], true],
  [['instancetype = m5.large'], true],
])('%j matches: %s', (filters, matches) => expect(parseListFilters(filters)(job)).toBe(matches))

test.each([
  ['status', 'not FIELD=VALUE'],
  ['colour=red', 'unknown field "colour"'],
  ['status=Exec', 'none of Submitted'],
])('%s is refused', (filter, sentence) => expect(() => parseListFilters([filter])).toThrow(sentence))
