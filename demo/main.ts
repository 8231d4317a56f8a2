import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { type Finished, watchJob } from './watch-job.ts'
import { bold, dim, green, heading, red, say } from './words.ts'

/** How far the program is, in days of its year, when its instance is taken away. */
const DRILL_AFTER_LINES = 20
const SCRIPT = fileURLToPath(new URL('flights.py', import.meta.url))

/**
 * The story this product exists for, for real: a program whose state is only in memory loses its machine, goes on on
 * another one, and ends with the same result as if nothing had happened.
 */
const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } })
  const center = await Product.start()
  let keep = values.keep
  try {
    heading('A program with its state only in memory')
    say(
      dim(
        'It reads every flight that left New York in 2013, day by day, and learns from each. It saves nothing.',
      ),
    )

    heading('First run: its machine is taken away in the middle')
    const moved = await run(center, 'flights-reclaimed', true)

    heading('Second run: the same program, undisturbed')
    const undisturbed = await run(center, 'flights-undisturbed', false)

    heading('The two results')
    say(`  reclaimed    ${moved.result}`)
    say(`  undisturbed  ${undisturbed.result}`)
    const same = moved.result === undisturbed.result && moved.result !== ''
    say(
      same
        ? green(bold('  Identical, to the last digit.'))
        : red(bold('  They differ: this is a bug of ours.')),
    )
    say('')
    tellWhatToTry(center, keep ? moved.id : undefined)
    return same ? 0 : 1
  } catch (error) {
    keep = false
    throw error
  } finally {
    if (!keep) await center.destroy()
  }
}

/** The address and three commands; the OpCenter is still there when the id of a job of it is given. */
const tellWhatToTry = (center: Product, kept: string | undefined): void => {
  const commands = [
    'bin/float list',
    `bin/float events -j ${kept ?? 'ID'}`,
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

const run = async (center: Product, name: string, disturb: boolean): Promise<Finished> => {
  const id = await center.submit(await readFile(SCRIPT, 'utf8'), '-c', '1', '-m', '2', '-n', name)
  return watchJob(
    center,
    id,
    disturb
      ? { afterLines: DRILL_AFTER_LINES, drill: () => center.float('drill', '-j', id, '--notice', '10s') }
      : undefined,
  )
}

try {
  process.exitCode = await main()
} catch (error) {
  say(red(`The demo could not be finished: ${error instanceof Error ? error.message : String(error)}`))
  process.exitCode = 1
}
