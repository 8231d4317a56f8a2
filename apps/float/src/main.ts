import { readFileSync } from 'node:fs'
import { isSea } from 'node:sea'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { httpsTransport } from '@mmcloud/client'
import { desktopOpener } from './desktop.ts'
import { fetchText } from './fetch-text.ts'
import { loadNebulaAgent } from './nebula-agent.ts'
import { run } from './run.ts'
import { terminalScreen } from './screen.ts'
import type { World } from './world.ts'

/** The command line of this process: real streams, files and network. */
const processWorld = (): World => ({
  out: (data) => void process.stdout.write(data),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  now: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
  colours: isatty(1) && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  ...(isatty(1) && process.env['TERM'] !== 'dumb' ? { screen: terminalScreen() } : {}),
  ...(isatty(0) && isatty(2) ? { ask } : {}),
  ...(isSea() ? { executable: process.execPath } : {}),
  answers,
  ...(isatty(1) ? desktopOpener(process.platform, process.env) : {}),
  readFile,
  fetchText,
  nebulaAgent: loadNebulaAgent,
  untilTold,
  openTransport: httpsTransport,
})

/** Questions go to stderr, so that stdout holds nothing but the answer of the command. */
const ask: NonNullable<World['ask']> = async (question, { hidden }) => {
  const { createInterface } = await import('node:readline/promises')
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    if (hidden) process.stderr.write('\n')
  }
}

/** A security group drops what it does not let through, so silence is an answer too. */
const ANSWER_MS = 3_000

const answers: World['answers'] = async ({ host, port }) => {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_MS })
    const settle = (reached: boolean): void => {
      socket.destroy()
      resolve(reached)
    }
    socket.once('connect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('error', () => settle(false))
  })
}

const untilTold: World['untilTold'] = () =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })

/** In the words existing clients know: `open abc.sh: no such file or directory`. */
const readFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(
      `open ${path}: ${FILE_WORDS[(error as NodeJS.ErrnoException).code ?? ''] ?? String(error)}`,
    )
  }
}
const FILE_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
}

// `float list | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
// Not awaited: as one file float is a CommonJS script.
void run(process.argv.slice(2), processWorld()).then((code) => {
  process.exitCode = code
})
