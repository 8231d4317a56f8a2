import type { SubmitBody } from '@mmcloud/contract'
import { type Arguments, readArguments, UsageError } from '../arguments.ts'
import type { Command, Context } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { trustFor } from '../session/connect.ts'
import { floatFolder } from '../session/float-folder.ts'
import type { World } from '../world.ts'
import { jobRequest } from './job-request.ts'
import { submit } from './submit.ts'
import { runVerb, type Verb } from './verbs.ts'

const PORT = 8000
const PROMETHEUS_PORT = 9090
/** A pod is given thirty seconds to end. */
const DRAIN_MS = 25_000

export const nebula: Command = {
  name: 'nebula',
  aliases: ['flyte'],
  summary: 'Serve the workflow engine Nebula (Flyte): its tasks become jobs here',
  usage: 'nebula serve [FLAGS]',
  flags: [
    { long: 'port', value: 'PORT', summary: `for the engine, by gRPC (${PORT})` },
    { long: 'host', value: 'ADDRESS', summary: 'to listen on (every one)' },
    { long: 'prometheus-port', value: 'PORT', summary: `for Prometheus (${PROMETHEUS_PORT})` },
    { long: 'prometheus_port', value: 'PORT', summary: 'the same, as flytekit writes it' },
    { long: 'metric-prefix', value: 'PREFIX', summary: 'flyte_agent_ (as without it) or flyte_connector_' },
    {
      long: 'retryable',
      summary: 'engines from 1.16 on: what was not the task’s own failure may be tried again',
    },
    { long: 'worker', value: 'N', summary: 'of flytekit’s server; nothing to set here' },
    { long: 'timeout', value: 'SECONDS', summary: 'of flytekit’s server; nothing to set here' },
    { long: 'modules', value: 'MODULES', summary: 'of flytekit’s server; nothing to set here' },
  ],
  examples: ['float nebula serve', 'float nebula serve --port 8000 --prometheus-port 9090 --retryable'],
  run: (context) => runVerb(context, 'nebula', VERBS),
}

/**
 * Until it is told to end. Address, user and password are as given, or the secrets `mmc_address`, `mmc_username` and
 * `mmc_password` of its deployment.
 */
const serve: Verb = async ({ args, world }: Context) => {
  // Listened for before it is said to serve: who waited for that line may tell it to end at once.
  const told = world.untilTold()
  const { openCenter, readLogin, serveAgent } = await world.nebulaAgent()
  const login = readLogin(secretsOf(args, world), world.readFile)
  const center = openCenter(login, trustFor(world, floatFolder(world.env)))
  const say = (text: string): void => world.err(`${new Date(world.now()).toISOString()} ${text}\n`)
  const agent = await serveAgent(center, {
    host: args.value('host') ?? '0.0.0.0',
    port: portOf(args, ['port'], PORT),
    prometheusPort: portOf(args, ['prometheus-port', 'prometheus_port'], PROMETHEUS_PORT),
    metricPrefix: args.value('metric-prefix') ?? 'flyte_agent_',
    retryable: args.isSet('retryable'),
    readFlags,
    log: (operation, error) => say(`${operation}: ${error instanceof Error ? error.message : String(error)}`),
    now: world.now,
  })
  world.out(
    `Serving tasks of type mmcloud_task at port ${agent.port}, Prometheus at ${agent.prometheusPort}; the OpCenter is ${login.address}\n`,
  )
  await told
  say('ending: no new calls, those under way may finish')
  await agent.drain(DRAIN_MS)
  center.close()
  return EXIT.ok
}

const VERBS: Readonly<Record<string, Verb>> = { serve }

const secretsOf = (args: Arguments, { env }: World): World['env'] => ({
  _FSEC_MMC_ADDRESS: args.value('address') ?? env['_FSEC_MMC_ADDRESS'],
  _FSEC_MMC_USERNAME: args.value('username') ?? env['_FSEC_MMC_USERNAME'],
  _FSEC_MMC_PASSWORD: args.value('password') ?? env['_FSEC_MMC_PASSWORD'],
})

const portOf = (args: Arguments, flags: readonly string[], fallback: number): number => {
  const [flag] = flags.filter((each) => args.isSet(each))
  if (flag === undefined) return fallback
  const text = args.value(flag) ?? ''
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(`--${flag}: "${text}" is not a port`)
  return Number(text)
}

/** `submit_extra`; a file that it names would be one of the agent's own. */
const readFlags = (words: readonly string[]): SubmitBody => {
  const args = readArguments(submit, words)
  const [stray] = args.words
  if (stray !== undefined) throw new UsageError(`"${stray}" is no flag of float submit`)
  if (args.isSet('job')) throw new UsageError('--job: the task itself is the job')
  return jobRequest(args, {
    readFile: () => {
      throw new UsageError('a file cannot be named here: it would be one of the agent’s')
    },
  })
}
