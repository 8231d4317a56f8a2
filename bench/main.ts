import { Product } from '@mmcloud/testkit'
import { bareStandStill } from './bare.ts'
import { listThousandJobs, reclaimStandStill, submitToExecuting } from './product.ts'
import { median, seconds } from './statistics.ts'

const ROUNDS = 5
const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** Measures the product beside its floor in one run, and prints medians with every single figure behind them. */
const product = await Product.start()
try {
  say(`submit to Executing, image present:      ${seconds(await submitToExecuting(product, ROUNDS))}`)
  const reclaim = await reclaimStandStill(product, ROUNDS)
  say(`stand-still of a reclaim, 1 GiB:         ${seconds(reclaim)}`)
  const bare = await bareStandStill(ROUNDS)
  say(`bare runc checkpoint + sync + restore:   ${seconds(bare)}`)
  say(`  ratio of the medians:                  ${(median(reclaim) / median(bare)).toFixed(2)}`)
  say(`float list with 1,000 jobs:              ${seconds(await listThousandJobs(product, ROUNDS))}`)
} finally {
  await product.destroy()
}
