import { invalidArgument, JOB_STATUSES } from '@mmcloud/domain'

/** What a filter may ask about; the columns of a list, and the category. */
export const FILTER_FIELDS = [
  'id',
  'name',
  'user',
  'image',
  'status',
  'category',
  'instanceType',
  'host',
] as const
export type FilterField = (typeof FILTER_FIELDS)[number]
/** A job as a filter sees it. */
export type Filterable = Readonly<Record<FilterField, string>>

/**
 * `user=U`, `status=Executing or status=Starting`. Several filters are joined by AND, `or` joins inside one. Values
 * are compared whole, without regard to case.
 */
export const parseListFilters = (filters: readonly string[]): ((job: Filterable) => boolean) => {
  const all = filters.filter((text) => text.trim() !== '').map(parseAlternatives)
  return (job) => all.every((any) => any.some(([field, value]) => job[field].toLowerCase() === value))
}

type Term = readonly [field: FilterField, value: string]

const parseAlternatives = (text: string): Term[] =>
  text
    .trim()
    .split(/\s+or\s+/i)
    .map(parseTerm)

const parseTerm = (text: string): Term => {
  const equals = text.indexOf('=')
  if (equals <= 0) throw invalidArgument(`--filter: "${text}" is not FIELD=VALUE, like status=Executing`)
  const name = text.slice(0, equals).trim().toLowerCase()
  const field = FILTER_FIELDS.find((known) => known.toLowerCase() === name)
  if (!field)
    throw invalidArgument(`--filter: unknown field "${name}"; known are ${FILTER_FIELDS.join(', ')}`)
  const written = text
    .slice(equals + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2')
  const value = written.toLowerCase()
  if (field === 'status' && !JOB_STATUSES.some((status) => status.toLowerCase() === value)) {
    throw invalidArgument(`--filter status: "${written}" is none of ${JOB_STATUSES.join(', ')}`)
  }
  return [field, value]
}
