import type { JobView } from '@mmcloud/contract'
import { type HostPort, parseGatewayReached, parseReached } from '@mmcloud/contract/grammar/publish'
import { isJobId } from '@mmcloud/domain'
import { UsageError } from '../arguments.ts'
import { type Command, type Format, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { renderYaml } from '../render/yaml.ts'
import { jobId } from './job-id.ts'

export const open: Command = {
  name: 'open',
  aliases: [],
  summary: "Show a job's published port in the browser, or tell its address",
  usage: 'open -j ID [PORT]',
  flags: [JOB_FLAG],
  examples: ['float open -j ID', 'float open -j ID 8888'],
  run: async (context) => {
    const { args, world } = context
    const port = wantedPort(args.words.filter((word) => !isJobId(word)))
    const params = { id: jobId(context) }
    const { client } = await context.connect()
    const at = reachedAt(await client.call('job', { params }), port)
    const url = `http://${at.host}:${at.port}`
    const answers = await world.answers(at)
    world.out(rendered(context.format, url, answers))
    if (!answers)
      world.err('Nothing answers there yet: the program may still be starting, or the job moving\n')
    else if (context.format === undefined) world.openPage?.(url)
    return EXIT.ok
  },
}

const rendered = (format: Format | undefined, url: string, answers: boolean): string => {
  if (format === 'json') return `${JSON.stringify({ url, answers }, null, 2)}\n`
  return format === 'yaml' ? renderYaml({ url, answers }) : `${url}\n`
}

const wantedPort = (words: readonly string[]): number | undefined => {
  const [word, ...more] = words
  if (word === undefined) return undefined
  if (more.length > 0 || !/^\d{1,5}$/.test(word))
    throw new UsageError(`"${words.join(' ')}" is not a port; float open -j ID [PORT]`)
  return Number(word)
}

/**
 * By either side's number of a port; the outer one first, since it is unique. What a gateway leads to is reached there, where
 * it stays.
 */
const reachedAt = (job: JobView, port: number | undefined): HostPort => {
  const { containerPort, at } = published(job, port)
  const gateway = job.gatewayMappings.map(parseGatewayReached)
  return gateway.find((each) => each.containerPort === containerPort)?.at ?? at
}

const published = (job: JobView, port: number | undefined): ReturnType<typeof parseReached> => {
  const reached = job.portMappings.map(parseReached)
  const [first, ...others] = reached
  if (!first) throw new Error(whyNone(job))
  const known = reached.map(({ at }) => at.port).join(', ')
  if (port === undefined) {
    if (others.length > 0) throw new UsageError(`which port? the job publishes ${known}`)
    return first
  }
  const found =
    reached.find(({ at }) => at.port === port) ?? reached.find(({ containerPort }) => containerPort === port)
  if (!found) throw new Error(`the job does not publish port ${port}, but ${known}`)
  return found
}

const whyNone = (job: JobView): string =>
  job.publicIP === ''
    ? `job ${job.id} is ${job.status} and on no instance, so nothing of it can be reached now`
    : `job ${job.id} publishes no port; submit it with --publish PORT`
