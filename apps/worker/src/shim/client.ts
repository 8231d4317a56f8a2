import { spawn } from 'node:child_process'
import { existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { readJson, writeDurably } from '../system/durable.ts'
import { places } from '../system/places.ts'
import {
  type ShimAnswer,
  type ShimConfig,
  type ShimRequest,
  type ShimResult,
  shimAnswerSchema,
  shimResultSchema,
} from './protocol.ts'

/** Two real pipes: the shim gets their read ends as fd 0 and 3 and opens the write ends through /proc. */
const WITH_PIPES = ': | { exec 3<&0; : | exec "$@"; }'
const ANSWER_WITHIN_MS = 20_000
/** Others wait for this question's answer; a shim whose disk is busy is late with it. */
const STATUS_WITHIN_MS = 1000
const LOG_TAIL_BYTES = 4096

/** Starts the shim in a session of its own, so that it outlives this worker. */
export const startShim = (config: ShimConfig): void => {
  rmSync(places.shimResult, { force: true })
  rmSync(config.runcLog, { force: true })
  writeDurably(places.shimConfig, JSON.stringify(config), 0o600)
  const log = openSync(places.shimLog, 'a', 0o600)
  const args = ['-c', WITH_PIPES, 'shim', process.execPath, shimProgram(), places.shimConfig]
  spawn('/bin/sh', args, { detached: true, stdio: ['ignore', log, log], cwd: '/' }).unref()
}

/** How the job of the shim ended; nothing while it runs. */
export const shimResult = (): ShimResult | undefined => readJson(places.shimResult, shimResultSchema)

/** The last that shims said about themselves, for the log. */
export const shimLog = (): string =>
  existsSync(places.shimLog) ? readFileSync(places.shimLog, 'utf8').slice(-LOG_TAIL_BYTES) : ''

/** True while a shim answers. */
export const shimLives = (): Promise<boolean> =>
  askShim('status', STATUS_WITHIN_MS).then(
    () => true,
    () => false,
  )

/** One question to the running shim. */
export const askShim = (what: ShimRequest, withinMs = ANSWER_WITHIN_MS): Promise<ShimAnswer> =>
  new Promise((resolve, reject) => {
    const socket = connect(places.shimSocket)
    let text = ''
    socket.setTimeout(withinMs, () => socket.destroy(new Error('the shim does not answer')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the shim ended')))
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8')
      if (!text.includes('\n')) return
      const answer = shimAnswerSchema.parse(JSON.parse(text))
      if (answer.error === undefined) resolve(answer)
      else reject(new Error(`The log files could not be written: ${answer.error}`))
      socket.end()
    })
    socket.write(`${JSON.stringify({ do: what })}\n`)
  })

/** Beside the bundled worker as `shim.mjs`; in a checkout the source. */
const shimProgram = (): string => {
  const bundled = fileURLToPath(new URL('./shim.mjs', import.meta.url))
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./main.ts', import.meta.url))
}
