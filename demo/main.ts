import { parseArgs } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { grow } from './grow.ts'
import { reclaim } from './reclaim.ts'
import { bold, dim, red, say } from './words.ts'

/** A story that is told with the real product; answers whether it went well, and a job of it to look at. */
export type Story = (center: Product) => Promise<{ readonly well: boolean; readonly job: string }>

const STORIES: Readonly<Record<string, Story>> = { reclaim, grow }

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'boolean', default: false } },
  })
  const [name = 'reclaim'] = positionals
  const story = STORIES[name]
  if (!story) throw new Error(`there is no story "${name}"; there are ${Object.keys(STORIES).join(' and ')}`)
  const center = await Product.start()
  let { keep } = values
  try {
    const { well, job } = await story(center)
    tellWhatToTry(center, keep ? job : undefined)
    return well ? 0 : 1
  } catch (error) {
    keep = false
    throw error
  } finally {
    if (!keep) await center.destroy()
  }
}

/** The address and some commands; the OpCenter is still there when the id of a job of it is given. */
const tellWhatToTry = (center: Product, kept: string | undefined): void => {
  const job = kept ?? 'ID'
  const commands = [
    'bin/float list',
    `bin/float events -j ${job}`,
    `bin/float report -j ${job} --html report.html`,
    'bin/float submit -i python -j demo/flights.py -c 1 -m 2',
  ]
  if (kept === undefined) {
    say(`The OpCenter was at ${bold(center.url)}. Keep the next one with`)
    say(`  npm run demo -- --keep\nand then try:`)
  } else {
    say(`The OpCenter runs at ${bold(center.url)}. Log in, with the password ${bold(center.password)}:`)
    say(`  bin/float login -a ${center.address} -u admin\nand try:`)
  }
  for (const command of commands) say(`  ${command}`)
  if (kept !== undefined) say(dim(`Stop it with: bin/opencenter stop --data-dir ${center.dataDir}`))
}

try {
  process.exitCode = await main()
} catch (error) {
  say(red(`The demo could not be finished: ${error instanceof Error ? error.message : String(error)}`))
  process.exitCode = 1
}
