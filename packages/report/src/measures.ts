/** `12.3 MB`, in thousands, as disks are sold. */
export const formatBytes = (bytes: number | undefined): string => {
  if (bytes === undefined) return '-'
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

/** `0.350s`, `12.4s`, `3m05s`, `2h10m`: as exact as a person can use. */
export const formatSpan = (ms: number): string => {
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(3)}s`
  if (seconds < 60) return `${seconds.toFixed(1)}s`
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h${two((seconds / 60) % 60)}m`
}
