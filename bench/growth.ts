import { readFile } from 'node:fs/promises'
import type { Product } from '@mmcloud/testkit'
import { median } from './statistics.ts'

/** How a program that takes memory at one speed fared on an instance of 1 GiB, once. */
type Growth = {
  /** It ended by itself, with every byte that it had written. */
  readonly survived: boolean
  readonly moves: number
  /** Moves before which it was frozen, because memory ran out faster than an instance came. */
  readonly frozen: number
  /** Saves that failed, and were tried again. */
  readonly failedSaves: number
  readonly standStillSeconds: number
}
export type GrowthAtRate = { readonly mibPerSecond: number; readonly rounds: readonly Growth[] }

const RATES = [100, 250, 500, 1000, 2000]
const MEGABYTES = 3000

/** One job at a time, each speed in turn, so often, with the policy that jobs have by default. */
export const measureGrowth = async (
  product: Product,
  rounds: number,
  say: (line: string) => void,
): Promise<readonly GrowthAtRate[]> => {
  const script = await readFile(new URL('growth.py', import.meta.url), 'utf8')
  const measured = RATES.map((mibPerSecond) => ({ mibPerSecond, rounds: [] as Growth[] }))
  for (let round = 1; round <= rounds; round += 1)
    for (const { mibPerSecond, rounds: done } of measured) {
      say(`round ${round}: a program that takes ${mibPerSecond} MiB/s on an instance of 1 GiB …`)
      done.push(await grow(product, script, mibPerSecond))
    }
  return measured
}

const grow = async (product: Product, script: string, mibPerSecond: number): Promise<Growth> => {
  const settings = ['-e', `MIB_PER_SECOND=${mibPerSecond}`, '-e', `MEGABYTES=${MEGABYTES}`]
  const job = await product.submit(script, '-t', 't3.micro', ...settings)
  await product.status(job, ['Completed', 'FailToComplete'], 300_000)
  const moves = JSON.parse(await product.float('migrations', '-j', job, '-F', 'json')) as {
    readonly standStillMs?: number
  }[]
  const reasons = (await product.events(job)).map(({ reason }) => reason)
  return {
    survived: (await product.log(job)).includes(`RESULT True ${Math.ceil(MEGABYTES / 16) * 16} MiB`),
    moves: moves.length,
    frozen: reasons.filter((reason) => reason === 'memoryRanOut').length,
    failedSaves: reasons.filter((reason) => reason === 'captureFailed').length,
    standStillSeconds: moves.reduce((sum, { standStillMs = 0 }) => sum + standStillMs, 0) / 1000,
  }
}

/** As it stands in `docs/benchmarks.md`. */
export const growthTable = (measured: readonly GrowthAtRate[]): string =>
  [
    '| takes memory at | ended right | moves | of them frozen first | failed saves | stood still in all, median | every figure |',
    '|---|---|---|---|---|---|---|',
    ...measured.map(({ mibPerSecond, rounds }) => {
      const sum = (of: (one: Growth) => number): number => rounds.reduce((total, one) => total + of(one), 0)
      const still = rounds.map(({ standStillSeconds }) => standStillSeconds)
      const ended = `${rounds.filter(({ survived }) => survived).length} of ${rounds.length}`
      const cells = [
        ended,
        sum(({ moves }) => moves),
        sum(({ frozen }) => frozen),
        sum(({ failedSaves }) => failedSaves),
      ]
      const seconds = still.map((one) => one.toFixed(1)).join(', ')
      return `| ${mibPerSecond} MiB/s | ${cells.join(' | ')} | ${median(still).toFixed(1)} s | ${seconds} |`
    }),
  ].join('\n')
