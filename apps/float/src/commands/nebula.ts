import { originOf, parseAddress } from '@mmcloud/client'
import type { SubmitBody } from '@mmcloud/contract'
import type { Login } from '@mmcloud/nebula-agent'
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
  notes: [
    'The OpCenter, and the user whose jobs the tasks become, are given by -a, -u and -p, or as secrets of the deployment:',
    'variables _FSEC_MMC_ADDRESS, _FSEC_MMC_USERNAME and _FSEC_MMC_PASSWORD, or files mmc_address, mmc_username and',
    'mmc_password in /etc/secrets.',
  ],
  flags: [
    { long: 'port', value: 'PORT', summary: `for the engine, by gRPC (${PORT})` },
    { long: 'host', value: 'ADDRESS', summary: 'to listen on (0.0.0.0; :: is IPv6 too)' },
    { long: 'prometheus-port', value: 'PORT', summary: `for Prometheus (${PROMETHEUS_PORT})` },
    { long: 'prometheus_port', value: 'PORT', summary: 'the same, as flytekit writes it' },
    { long: 'metric-prefix', value: 'PREFIX', summary: 'flyte_agent_ (as without it) or flyte_connector_' },
    {
      long: 'retryable',
      summary: 'engines from 1.16 on: what was not the task’s own failure may be tried again',
    },
    {
      long: 'link-address',
      value: 'HOST[:PORT]',
      summary: 'of the OpCenter for people’s browsers, where that is another',
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
const serve: Verb = async ({ args, world }: Context, [stray]) => {
  // Listened for before it is said to serve: who waited for that line may tell it to end at once.
  const told = world.untilTold()
  if (stray !== undefined) throw new UsageError(`"${stray}" is no flag of float nebula serve`)
  const { openCenter, readLogin, serveAgent } = await world.nebulaAgent()
  const loginNow = (): Login => readLogin(secretsOf(args, world), world.readFile)
  const { address, password } = loginNow()
  const center = openCenter(address, loginNow, trustFor(world, floatFolder(world.env)), world.now)
  // One line each, whatever a caller has sent, and never with the password.
  const say = (text: string): void =>
    world.err(
      `${new Date(world.now()).toISOString()} ${text.replaceAll(password, '…').replaceAll(/\p{Cc}+/gu, ' ')}\n`,
    )
  const linkAddress = args.value('link-address')
  const agent = await serveAgent(center, {
    host: args.value('host') ?? '0.0.0.0',
    port: portOf(args, ['port'], PORT),
    prometheusPort: portOf(args, ['prometheus-port', 'prometheus_port'], PROMETHEUS_PORT),
    metricPrefix: prefixOf(args),
    ...(linkAddress === undefined ? {} : { linkOrigin: originOf(parseAddress(linkAddress)) }),
    retryable: args.isSet('retryable'),
    readFlags,
    log: (operation, error, about = '') => say(`${operation} ${about}: ${wordsOf(error)}`),
    now: world.now,
  })
  world.out(
    `Serving tasks of type mmcloud_task at port ${agent.port}, Prometheus at ${agent.prometheusPort}; the OpCenter is ${address}\n`,
  )
  await told
  say('ending: no new calls, those under way may finish')
  await agent.drain(DRAIN_MS)
  center.close()
  return EXIT.ok
}

/** Of what is expected its sentence; of what is not where it came from too. */
const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const expected = [
    'UserError',
    'UnreachableError',
    'BrokenOffError',
    'UntrustedError',
    'InvalidTaskError',
    'NotServedError',
  ]
  return expected.includes(error.name) ? error.message : (error.stack ?? error.message)
}

const prefixOf = (args: Arguments): string => {
  const prefix = args.value('metric-prefix') ?? 'flyte_agent_'
  if (!/^[A-Za-z_:][\w:]*$/.test(prefix))
    throw new UsageError(`--metric-prefix: "${prefix}" begins no name of Prometheus`)
  return prefix
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

const AGENTS_OWN = 'a task is submitted by the agent, as the agent'
const NOT_FOR_TASKS = [
  ['job', 'the task itself is the job'],
  ['dry-run', 'an engine waits for a job'],
  ...['address', 'username', 'password', 'token'].map((flag) => [flag, AGENTS_OWN] as const),
] as const

/** `submit_extra`; a file that it names would be one of the agent's own. */
const readFlags = (words: readonly string[]): SubmitBody => {
  const args = readArguments(submit, words)
  // Not told which: it may be the second half of a password that was not quoted.
  if (args.words.length > 0) throw new UsageError('a word belongs to no flag: values with blanks want quotes')
  for (const [flag, why] of NOT_FOR_TASKS) if (args.isSet(flag)) throw new UsageError(`--${flag}: ${why}`)
  return jobRequest(args, {
    readFile: () => {
      throw new UsageError('a file cannot be named here: it would be one of the agent’s')
    },
  })
}
