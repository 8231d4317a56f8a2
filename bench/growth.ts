import { readFile } from 'node:fs/promises'
import type { Product } from '@mmcloud/testkit'

/** How a program that takes memory at one speed fared on an instance of 1 GiB. */
export type Growth = {
  readonly mibPerSecond: number
  /** It ended by itself, with every byte that it had written. */
  readonly survived: boolean
  readonly moves: number
  /** Moves before which it was frozen, because memory ran out faster than an instance came. */
  readonly frozen: number
  readonly standStillSeconds: number
}

const RATES = [100, 250, 500, 1000, 2000]
const MEGABYTES = 3000

/** One job at each speed, one after the other, with the policy that jobs have by default. */
export const measureGrowth = async (
  product: Product,
  say: (line: string) => void,
): Promise<readonly Growth[]> => {
  const script = await readFile(new URL('growth.py', import.meta.url), 'utf8')
  const measured: Growth[] = []
  for (const mibPerSecond of RATES) {
    say(`a program that takes ${mibPerSecond} MiB/s on an instance of 1 GiB …`)
    const settings = ['-e', `MIB_PER_SECOND=${mibPerSecond}`, '-e', `MEGABYTES=${MEGABYTES}`]
    const job = await product.submit(script, '-t', 't3.micro', ...settings)
    await product.status(job, ['Completed', 'FailToComplete'], 300_000)
    const moves = JSON.parse(await product.float('migrations', '-j', job, '-F', 'json')) as {
      readonly standStillMs?: number
    }[]
    const reasons = (await product.events(job)).map(({ reason }) => reason)
    measured.push({
      mibPerSecond,
      survived: (await product.log(job)).includes(`RESULT True ${Math.ceil(MEGABYTES / 16) * 16} MiB`),
      moves: moves.length,
      frozen: reasons.filter((reason) => reason === 'memoryRanOut').length,
      standStillSeconds: moves.reduce((sum, { standStillMs = 0 }) => sum + standStillMs, 0) / 1000,
    })
  }
  return measured
}

/** As it stands in `docs/benchmarks.md`. */
export const growthTable = (measured: readonly Growth[]): string =>
  [
    '| takes memory at | ended right | moves | of them frozen first | stood still in all |',
    '|---|---|---|---|---|',
    ...measured.map(
      ({ mibPerSecond, survived, moves, frozen, standStillSeconds }) =>
        `| ${mibPerSecond} MiB/s | ${survived ? 'yes' : 'no'} | ${moves} | ${frozen} | ${standStillSeconds.toFixed(1)} s |`,
    ),
  ].join('\n')
