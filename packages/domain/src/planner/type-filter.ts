/** The instance types that a job may be on, as globs (`r5*`, `*.large`): one of `allow` if there is any, none of `deny`. */
export type TypeFilter = { readonly allow: readonly string[]; readonly deny: readonly string[] }

/** Why a type is not among those allowed; nothing when it is. */
export const typeRefusal = ({ allow, deny }: TypeFilter, instanceType: string): string | undefined => {
  const denied = deny.find((glob) => matchesGlob(glob, instanceType))
  if (denied !== undefined) return `on the denyList: ${denied}`
  if (allow.length === 0 || allow.some((glob) => matchesGlob(glob, instanceType))) return undefined
  return `not on the allowList: ${allow.join(', ')}`
}

/** `*` stands for any letters, `?` for one; everything else for itself. */
const matchesGlob = (glob: string, text: string): boolean => {
  const pattern = glob
    .replaceAll(/[^\w*?]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 'i').test(text)
}
