import { readFileSync } from 'node:fs'
import { isSea } from 'node:sea'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { httpsTransport } from '@mmcloud/client'
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
  readFile,
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
