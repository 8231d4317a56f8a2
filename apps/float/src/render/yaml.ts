/** What a `Job` and the other answers are made of. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Plain[]
  | { readonly [key: string]: Plain }

/**
 * YAML as existing clients read it with grep and awk: four blanks a level, one key a line, a string quoted only where
 * plain text would be read as something else (a time, a number). Absent values are left out.
 */
export const renderYaml = (value: { readonly [key: string]: Plain }, indent = ''): string =>
  Object.entries(value)
    .map(([key, item]) => (item === undefined ? '' : entry(indent, key, item)))
    .join('')

/** `true`, and `"2026-11-23T05:30:00Z"`. */
export const yamlScalar = (value: string | number | boolean | null): string => {
  if (typeof value !== 'string') return String(value)
  return needsQuotes(value) ? JSON.stringify(value) : value
}

const entry = (indent: string, key: string, item: Exclude<Plain, undefined>): string => {
  if (typeof item !== 'object' || item === null) return `${indent}${key}: ${yamlScalar(item)}\n`
  const deeper = `${indent}    `
  if (isList(item))
    return item.length === 0 ? `${indent}${key}: []\n` : `${indent}${key}:\n${list(deeper, item)}`
  return Object.keys(item).length === 0
    ? `${indent}${key}: {}\n`
    : `${indent}${key}:\n${renderYaml(item, deeper)}`
}

/** `- ` and the item; of an object the first key stands on the line of the dash. */
export const renderYamlList = (items: readonly Plain[]): string =>
  items.length === 0 ? '[]\n' : list('', items)

const list = (indent: string, items: readonly Plain[]): string =>
  items
    .map((item) => {
      if (item === undefined) return ''
      if (typeof item !== 'object' || item === null) return `${indent}- ${yamlScalar(item)}\n`
      if (isList(item)) return `${indent}-\n${list(`${indent}    `, item)}`
      return `${indent}- ${renderYaml(item, `${indent}  `).trimStart() || '{}\n'}`
    })
    .join('')

const isList = (item: object): item is readonly Plain[] => Array.isArray(item)

/** Text that YAML would read as something else, or not at all. */
const needsQuotes = (text: string): boolean =>
  text === '' ||
  text !== text.trim() ||
  /^(true|false|yes|no|on|off|null|~|y|n)$/i.test(text) ||
  /^[-+]?(\d[\d_]*(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ||
  /^[-+]?\.(inf|nan)$/i.test(text) ||
  // To the end: a job's id may begin so, and whoever greps for it would get the quotes too.
  /^[-+]?0(x[\da-f_]+|o[0-7_]+|b[01_]+)$/i.test(text) ||
  /^\d{4}-\d\d-\d\d/.test(text) ||
  /^([[\]{},#&*!|>'"%@`]|[-?:](\s|$))/.test(text) ||
  /:(\s|$)|\s#|\p{Cc}/u.test(text)
