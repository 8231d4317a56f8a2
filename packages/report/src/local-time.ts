/** Times as the person who reads them, or made the page, reads the clock; a page names the zone once, in its foot. */

const two = (value: number): string => String(value).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `23 Nov` */
export const localDay = (at: number): string => {
  const date = new Date(at)
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`
}

/** `06:00` */
export const localMinute = (at: number): string => {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `06:00:31` */
export const localSecond = (at: number): string => `${localMinute(at)}:${two(new Date(at).getSeconds())}`

/** `23 Nov 2026, 06:00:31` */
export const localInstant = (at: number): string =>
  `${localDay(at)} ${new Date(at).getFullYear()}, ${localSecond(at)}`

/** `Europe/Berlin (UTC+01:00)` */
export const localZone = (at: number): string => {
  const minutes = -new Date(at).getTimezoneOffset()
  const sign = minutes < 0 ? '-' : '+'
  const offset = `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone} (UTC${offset})`
}
