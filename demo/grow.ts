import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Story } from './main.ts'
import { watchJob } from './watch-job.ts'
import { bold, dim, green, heading, red, say } from './words.ts'

const SCRIPT = fileURLToPath(new URL('grow.py', import.meta.url))
const REPORTS = fileURLToPath(new URL('../.cache/demo', import.meta.url))
/** What the program prints when no byte of its table was lost, on whatever machine. */
const FLIGHTS = /^336776 flights, 4152200 minutes late in all/

/** A program reads more data than its machine has memory: it begins to swap, is moved to a larger one, and finishes. */
export const grow: Story = async (center) => {
  heading('More data than memory')
  say(
    dim(
      'It reads every flight that left New York in 2013 into memory, each with its weather: 1.3 GB, on a machine with 1 GB.',
    ),
  )
  const id = await center.submit(await readFile(SCRIPT, 'utf8'), '-t', 't3.micro', '-n', 'flights-grow')
  const { result } = await watchJob(center, id, undefined, { everyLine: true })

  heading('What moved it, and what that cost')
  say(await center.float('migrations', '-j', id))
  say(await center.float('costs', '-j', id))
  const well = FLIGHTS.test(result)
  say(
    well
      ? green(bold(`  Nothing was lost: ${result}`))
      : red(bold(`  The result is wrong: this is a bug of ours: ${result}`)),
  )
  await mkdir(REPORTS, { recursive: true })
  const page = join(REPORTS, 'grow.html')
  await center.float('report', '-j', id, '--html', page)
  say(`  The whole story in pictures: ${bold(`file://${page}`)}\n`)
  return { well, job: id }
}
