import { invalidArgument } from '@mmcloud/domain'

/**
 * `k=v,k=v`, the inside of a bracket: keys in lower case, split at the first `=` only; a value in double quotes may
 * hold commas and brackets. A key that stands twice is refused. `told` names a part in a refusal, where it may be a
 * secret.
 */
export const parseOptions = (
  inside: string,
  flag: string,
  told: (part: string) => string = (part) => `"${part}"`,
): Map<string, string> => {
  const options = new Map<string, string>()
  for (const part of splitOutsideQuotes(inside, flag)) {
    const text = part.trim()
    if (text === '') continue
    const equals = text.indexOf('=')
    if (equals <= 0) throw invalidArgument(`${flag}: ${told(text)} is not KEY=VALUE`)
    const key = text.slice(0, equals).trim().toLowerCase()
    if (options.has(key)) throw invalidArgument(`${flag}: ${told(key)} stands in it twice`)
    options.set(key, unquoted(text.slice(equals + 1).trim()))
  }
  return options
}

const splitOutsideQuotes = (text: string, flag: string): string[] => {
  const parts: string[] = ['']
  let quoted = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    if (char === ',' && !quoted) parts.push('')
    else parts[parts.length - 1] += char
  }
  if (quoted) throw invalidArgument(`${flag}: a double quote is not closed`)
  return parts
}

const unquoted = (value: string): string =>
  value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value

/** The end of the `[…]` at the start of `text`, quotes respected; the index of its `]`. */
export const bracketEnd = (text: string, flag: string): number => {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted
    if (text[at] === ']' && !quoted) return at
  }
  throw invalidArgument(`${flag}: the bracket is not closed`)
}
