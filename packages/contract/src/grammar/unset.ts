/** `""`, 0, false, null and what is empty mean unset. */
export const asksForSomething = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
