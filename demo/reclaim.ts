import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Product } from '@mmcloud/testkit'
import type { Story } from './main.ts'
import { type Finished, watchJob } from './watch-job.ts'
import { bold, dim, green, heading, red, say } from './words.ts'

/** How far the program is, in days of its year, when its instance is taken away. */
const DRILL_AFTER_LINES = 20
const SCRIPT = fileURLToPath(new URL('flights.py', import.meta.url))

/** A program whose state is only in memory loses its machine, goes on on another one, and ends as if nothing had happened. */
export const reclaim: Story = async (center) => {
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
  const well = moved.result === undisturbed.result && moved.result !== ''
  say(
    well
      ? green(bold('  Identical, to the last digit.'))
      : red(bold('  They differ: this is a bug of ours.')),
  )
  say('')
  return { well, job: moved.id }
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
