import { hasEnded, isJobId, UserError } from '@mmcloud/domain'
import type { Client } from '@mmcloud/client'
import { formatBytes } from '@mmcloud/report/measures'
import { UsageError } from '../arguments.ts'
import { type Command, type Context, JOB_FLAG } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { printList } from '../render/output.ts'
import { jobId } from './job-id.ts'
import { patiently, POLL_MS } from '../session/patiently.ts'

const DEFAULT_FILE = 'stdout.autosave'
/** Where `tail` looks for its lines. */
const TAIL_BYTES = 65_536

export const log: Command = {
  name: 'log',
  aliases: ['logs'],
  summary: 'List, print or follow the log files of a job',
  usage: 'log ls|cat|tail -j ID [FILE]',
  flags: [
    JOB_FLAG,
    { long: 'follow', short: 'f', summary: 'tail: go on until the job has ended' },
    { long: 'lines', short: 'n', value: 'N', summary: 'tail: how many lines to begin with (10)' },
  ],
  examples: [
    'float log ls -j ID',
    'float log cat -j ID stdout.autosave',
    'float log tail --follow -j ID stderr.autosave',
  ],
  run: (context) => {
    const { words, value } = context.args
    const named = value('job') === undefined ? words.find(isJobId) : undefined
    const [verb = 'cat', file = DEFAULT_FILE] = words.filter((word) => word !== named)
    if (verb === 'ls' || verb === 'list') return listFiles(context)
    if (verb === 'cat') return cat(context, file)
    if (verb === 'tail') return tail(context, file)
    throw new UsageError(`log: "${verb}" is none of ls, cat and tail`)
  },
}

const listFiles = async (context: Context): Promise<number> => {
  const params = { id: jobId(context) }
  const { client } = await context.connect()
  const { files } = await client.call('logs', { params })
  const row = (file: (typeof files)[number]): string[] => [file.name, formatBytes(file.size), file.lastUpdate]
  printList(context, files, ['NAME', 'SIZE', 'LAST UPDATE'], row, 'No logs')
  return EXIT.ok
}

const cat = async (context: Context, file: string): Promise<number> => {
  const id = jobId(context)
  const { client } = await context.connect()
  await copy(context, client, id, file, 0)
  return EXIT.ok
}

const tail = async (context: Context, file: string): Promise<number> => {
  const id = jobId(context)
  const lines = lineCount(context.args.value('lines') ?? '10')
  const follow = context.args.isSet('follow')
  const { client } = await context.connect()
  const page = follow
    ? await firstPage(context, client, id, file)
    : await client.readLog(id, file, -TAIL_BYTES)
  if (page === undefined) return EXIT.ok
  context.world.out(lastLines(page.bytes, lines))
  if (follow) await followFrom(context, client, id, file, page.offset + page.bytes.length)
  return EXIT.ok
}

/** A follower may be there before the file; nothing when the job ended without ever writing it. */
const firstPage = async ({ world }: Context, client: Client, id: string, file: string) => {
  for (;;) {
    const { status } = await patiently(world, () => client.call('job', { params: { id } }))
    try {
      return await patiently(world, () => client.readLog(id, file, -TAIL_BYTES))
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== 'notFound') throw error
      if (hasEnded(status)) return undefined
    }
    await world.sleep(POLL_MS)
  }
}

/** Lives through moves of the job and restarts of the OpCenter; returns when the job has ended and all is printed. */
const followFrom = async (
  context: Context,
  client: Client,
  id: string,
  file: string,
  start: number,
): Promise<void> => {
  let offset = start
  for (;;) {
    // Asked before the bytes are: what an ended job wrote is there to be read.
    const { status } = await patiently(context.world, () => client.call('job', { params: { id } }))
    offset = await copy(context, client, id, file, offset)
    if (hasEnded(status)) return
    await context.world.sleep(POLL_MS)
  }
}

/** Prints from `offset` to the end as it is now; answers where that was. */
const copy = async (
  { world }: Context,
  client: Client,
  id: string,
  file: string,
  start: number,
): Promise<number> => {
  let offset = start
  for (;;) {
    const from = offset
    const page = await patiently(world, () => client.readLog(id, file, from))
    if (page.size < offset) {
      world.err('float: the job went back to a checkpoint, and its log with it\n')
      offset = page.size
      continue
    }
    world.out(page.bytes)
    offset += page.bytes.length
    if (page.bytes.length === 0 || offset >= page.size) return offset
  }
}

const lineCount = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--lines: "${text}" is not a whole number`)
  return Number(text)
}

const NEWLINE = 10
/** The last `count` lines; an unfinished one counts. */
const lastLines = (bytes: Uint8Array, count: number): Uint8Array => {
  let start = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length
  if (count === 0) return bytes.subarray(bytes.length)
  for (let left = count; left > 0; left--) {
    if (start <= 0) return bytes
    start = bytes.lastIndexOf(NEWLINE, start - 1)
    if (start < 0) return bytes
  }
  return bytes.subarray(start + 1)
}
