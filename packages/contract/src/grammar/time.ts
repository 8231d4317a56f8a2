import { invalidArgument } from '@mmcloud/domain'

/** RFC 3339, UTC, whole seconds: `2026-11-23T05:30:00Z`. */
export const formatTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`

/** RFC 3339, UTC, with milliseconds: for events, between which stand-still is counted. */
export const formatInstant = (epochMs: number): string => new Date(epochMs).toISOString()

/** RFC 3339 (`2026-11-23T05:30:00Z`, also just the date) or epoch milliseconds, as epoch ms. `flag` is named in the refusal. */
export const parseInstant = (text: string, flag: string): number => {
  const trimmed = text.trim()
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed)
  const at = /^\d{4}-\d{2}-\d{2}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  if (Number.isNaN(at)) throw invalidArgument(`${flag}: "${text}" is not a time like 2026-11-23T05:30:00Z`)
  return at
}

const MAX_COST_DIGITS = 10

/** `0.1235 USD`; of less than a cent the first two digits that say something: `0.0000087 USD`. */
export const formatCost = (usd: number): string => {
  const digits = usd > 0 ? Math.max(4, 1 - Math.floor(Math.log10(usd))) : 4
  return `${usd.toFixed(Math.min(digits, MAX_COST_DIGITS))} USD`
}
