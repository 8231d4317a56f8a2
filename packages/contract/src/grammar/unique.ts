import { invalidArgument } from '@mmcloud/domain'

/** The same items, of which no two have the same key; `what` names it in the refusal: `--publish: port`. */
export const unique = <T>(
  items: readonly T[],
  key: (item: T) => string | number,
  what: string,
): readonly T[] => {
  const seen = new Set<string | number>()
  for (const item of items) {
    if (seen.has(key(item))) throw invalidArgument(`${what} ${key(item)} is given twice`)
    seen.add(key(item))
  }
  return items
}
