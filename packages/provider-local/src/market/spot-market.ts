import { createHash } from 'node:crypto'

/** Prices are fixed by chance every so often, and slide from one such point to the next. */
const STEP_MS = 10 * 60_000
/** Around which share of the on-demand price a type's spot price moves: between 22 and 38 %, as on AWS. */
const SHARE = { from: 0.22, to: 0.38 }
/** How far it strays from there, up and down. */
const SWING = 0.35

/** USD an hour, a pure function of seed, type and time. Always above 0 and below the on-demand price. */
export const spotPrice = (
  seed: number,
  type: { readonly name: string; readonly onDemandPerHour: number },
  at: number,
): number => {
  const share = SHARE.from + (SHARE.to - SHARE.from) * chance(seed, type.name)
  const step = Math.floor(at / STEP_MS)
  const [from, to] = [chance(seed, type.name, step), chance(seed, type.name, step + 1)]
  const along = (1 - Math.cos(Math.PI * (at / STEP_MS - step))) / 2
  const stray = SWING * (2 * (from + (to - from) * along) - 1)
  return Math.max(1, Math.round(type.onDemandPerHour * share * (1 + stray) * 10_000)) / 10_000
}

/** How long the market leaves an instance alone: exponential with that mean, fixed by seed and instance. */
export const lifetimeMs = (seed: number, instanceId: string, meanSeconds: number): number =>
  -Math.log(1 - chance(seed, 'lifetime', instanceId)) * meanSeconds * 1000

/** A number in [0, 1) that looks random and is always the same for the same arguments. */
const chance = (...parts: readonly (string | number)[]): number =>
  createHash('sha256').update(parts.join('\0')).digest().readUIntBE(0, 6) / 2 ** 48
