import { invalidArgument } from '@mmcloud/domain'

const UNIT_SECONDS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const

/** `1h5m49s`, `300s`, `2d`, or a bare number of seconds. `flag` is named in the refusal. */
export const parseDuration = (text: string, flag: string): number => {
  const trimmed = text.trim()
  if (/^\d+$/.test(trimmed)) return Number(trimmed)
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(trimmed)
  if (!parts || trimmed === '')
    throw invalidArgument(`${flag}: "${text}" is not a duration like 30s or 1h5m49s`)
  const [, d, h, m, s] = parts
  return (
    Number(d ?? 0) * UNIT_SECONDS.d +
    Number(h ?? 0) * UNIT_SECONDS.h +
    Number(m ?? 0) * UNIT_SECONDS.m +
    Number(s ?? 0)
  )
}

/** `1h5m49s`, `5m0s`, `30s`: units below the largest are always written, fractions are cut. */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.floor(seconds))
  const h = Math.floor(whole / 3_600)
  const m = Math.floor(whole / 60) % 60
  const s = whole % 60
  if (h > 0) return `${h}h${m}m${s}s`
  return m > 0 ? `${m}m${s}s` : `${s}s`
}
