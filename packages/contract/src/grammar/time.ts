/** RFC 3339, UTC, whole seconds: `2026-11-23T05:30:00Z`. */
export const formatTime = (epochMs: number): string => `${new Date(epochMs).toISOString().slice(0, 19)}Z`

/** RFC 3339, UTC, with milliseconds: for events, between which stand-still is counted. */
export const formatInstant = (epochMs: number): string => new Date(epochMs).toISOString()

/** `0.0000 USD` */
export const formatCost = (usd: number): string => `${usd.toFixed(4)} USD`
