import { invalidArgument, type TypeFilter } from '@mmcloud/domain'

/** `[r5*,m*]`, also without brackets; nothing when it is empty. Globs of instance types, `*` and `?` only. */
export const parseTypeList = (text: string, flag: string): readonly string[] => {
  const inside = /^\[([^[\]]*)\]$/.exec(text.trim())?.[1] ?? text
  const globs = inside
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const wrong = globs.find((glob) => !/^[\w.*?-]{1,64}$/.test(glob))
  if (wrong !== undefined)
    throw invalidArgument(`${flag}: "${wrong}" is not an instance type like r5* or m5.large`)
  return globs
}

/** Both lists, or nothing when neither says anything. */
export const readTypeFilter = (allowList: string, denyList: string): TypeFilter | undefined => {
  const [allow, deny] = [parseTypeList(allowList, '--allowList'), parseTypeList(denyList, '--denyList')]
  return allow.length + deny.length > 0 ? { allow, deny } : undefined
}

export const formatTypeList = (globs: readonly string[]): string => `[${globs.join(',')}]`
