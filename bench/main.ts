import { parseArgs } from 'node:util'
import { Product } from '@mmcloud/testkit'
import { measureApi } from './api/measure-api.ts'
import { startBare } from './bare.ts'
import { figureTable } from './figures.ts'
import { growthTable, measureGrowth } from './growth.ts'
import { startPodman } from './podman.ts'
import { listThousandJobs, startReclaimedJob, submitToExecuting } from './product.ts'
import { machine, phaseTable, type Row, standStillGoals, table } from './report.ts'
import { measureNebula } from './nebula/measure-nebula.ts'
import { measureSamples } from './samples/measure-samples.ts'
import { takeTurns } from './stand-still.ts'

const USAGE = `Measures the product beside its peers, in one run.
  --runs N            each thing is measured N times (5)
  --stand-still-only  leave out submit, list, samples, growth and the agent of Nebula
  --samples-only      only what it costs to take in, keep and answer what jobs use
  --growth-only       only how fast a program may take memory
  --api-only          only submits, lists and the start of the command line
  --nebula-only       only the agent of Nebula, beside flytekit's
  --megabytes N       how much memory the program holds that stands still (1024)
`
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const main = async (): Promise<void> => {
  const { runs, megabytes, standStillOnly, samplesOnly, growthOnly, apiOnly, nebulaOnly } = options()
  await using atEnd = new AsyncDisposableStack()
  // Ctrl-C leaves as little behind as the end does.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void atEnd.disposeAsync().finally(() => process.exit(130)))
  const product = await Product.start()
  atEnd.defer(() => product.destroy())
  if (apiOnly) {
    say(`\nMachine: ${await machine()}.\n\n${figureTable(await measureApi(product, say))}\n`)
    return
  }
  const nebula = async (): Promise<void> =>
    say(`\nMachine: ${await machine()}.\n\n${figureTable(await measureNebula(product, runs, say))}\n`)
  if (nebulaOnly) {
    await nebula()
    return
  }
  if (!standStillOnly && !samplesOnly) {
    const grown = await measureGrowth(product, runs, say)
    say(`\nMachine: ${await machine()}.\n\n${growthTable(grown)}\n`)
  }
  if (growthOnly) return
  if (!standStillOnly) {
    const figures = await measureSamples(product, say)
    say(`\nMachine: ${await machine()}.\n\n${figureTable(figures)}\n`)
  }
  if (samplesOnly) return
  if (!standStillOnly) await nebula()

  const rows: Row[] = []
  const goal = (limit: number): NonNullable<Row['goals']> => [{ limit, words: `${limit} s` }]
  if (!standStillOnly) {
    say('submit to Executing …')
    const seconds = await submitToExecuting(product, runs)
    rows.push({ name: '`float submit` to `Executing`, image present', seconds, goals: goal(1.5) })
  }
  say(`stand-still with ${megabytes} MiB that cannot be compressed: starting the peers …`)
  const job = atEnd.use(await startReclaimedJob(product, megabytes))
  const bare = atEnd.use(await startBare(megabytes))
  const podman = atEnd.use(await startPodman(megabytes))
  const [ours, floor, theirs] = (await takeTurns([job, bare, podman], runs, say)) as [
    number[],
    number[],
    number[],
  ]
  rows.push(
    { name: job.name, seconds: ours, goals: standStillGoals(ours, floor, theirs) },
    { name: bare.name, seconds: floor },
    { name: podman.name, seconds: theirs },
  )
  if (!standStillOnly) {
    say('float list with 1,000 jobs …')
    const seconds = await listThousandJobs(product, runs)
    rows.push({ name: '`float list` with 1,000 jobs', seconds, goals: goal(0.15) })
  }
  say(`\nMachine: ${await machine()}; medians of ${runs} in one run.\n\n${table(rows)}`)
  say(`\nWhere the time of a reclaim goes:\n\n${phaseTable(job.moves)}`)
}

const options = () => {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: 'string', default: '5' },
        megabytes: { type: 'string', default: '1024' },
        'stand-still-only': { type: 'boolean', default: false },
        'samples-only': { type: 'boolean', default: false },
        'growth-only': { type: 'boolean', default: false },
        'api-only': { type: 'boolean', default: false },
        'nebula-only': { type: 'boolean', default: false },
      },
    })
    const [runs, megabytes] = [Number(values.runs), Number(values.megabytes)]
    if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number from 1 on.')
    if (!Number.isInteger(megabytes) || megabytes < 1 || megabytes > 1536)
      throw new Error('--megabytes takes a whole number from 1 to 1536: the instance has 2 GiB.')
    const only = [
      values['stand-still-only'],
      values['samples-only'],
      values['growth-only'],
      values['api-only'],
      values['nebula-only'],
    ]
    if (only.filter(Boolean).length > 1)
      throw new Error(
        'Two of --stand-still-only, --samples-only, --growth-only, --api-only and --nebula-only leave nothing to measure.',
      )
    return {
      runs,
      megabytes,
      standStillOnly: values['stand-still-only'],
      samplesOnly: values['samples-only'],
      growthOnly: values['growth-only'],
      apiOnly: values['api-only'],
      nebulaOnly: values['nebula-only'],
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    process.exit(2)
  }
}

await main()
