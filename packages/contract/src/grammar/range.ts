import { invalidArgument, type Range } from '@mmcloud/domain'

/** `2`, `2:4`, or the number 2. `""` and 0 mean unset and answer nothing; the minimum alone is open upwards. */
export const parseRange = (value: string | number, flag: string): Range | undefined => {
  const text = String(value).trim()
  if (text === '' || text === '0') return undefined
  const parts = /^(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/.exec(text)
  if (!parts) throw invalidArgument(`${flag}: "${text}" is neither a number nor MIN:MAX, like 2 or 2:4`)
  const min = Number(parts[1])
  if (min === 0) throw invalidArgument(`${flag}: the minimum must be above 0`)
  if (parts[2] === undefined) return { min }
  const max = Number(parts[2])
  if (max < min) throw invalidArgument(`${flag}: the maximum ${max} is below the minimum ${min}`)
  return { min, max }
}

export const formatRange = (range: Range): string =>
  range.max === undefined ? String(range.min) : `${range.min}:${range.max}`
