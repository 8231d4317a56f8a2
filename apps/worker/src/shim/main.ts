/**
 * Holds one job: parent of a foreground runc, reader of its output, keeper of its exit code. It outlives the worker.
 * Started with the read ends of two real pipes as fd 0 and 3 (CRIU refuses the socket pairs Node would make).
 */
import { spawn } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepStatisticsFresh } from '../container/fresh-statistics.ts'
import { syncDirectory, writeDurably } from '../system/durable.ts'
import { isAsleep } from '../system/process-state.ts'
import { LogPump } from './log-pump.ts'
import { MemoryKills } from './memory-kills.ts'
import { type ShimResult, shimConfigSchema, shimRequestSchema } from './protocol.ts'

const config = shimConfigSchema.parse(JSON.parse(readFileSync(process.argv[2]!, 'utf8')))
mkdirSync(config.logs, { recursive: true })
const pumps = {
  'stdout.autosave': new LogPump('/proc/self/fd/0', `${config.logs}/stdout.autosave`),
  'stderr.autosave': new LogPump('/proc/self/fd/3', `${config.logs}/stderr.autosave`),
}
const HANDS_ON_WITHIN_MS = 10_000
const LOOK_AGAIN_MS = 2
let endIsOurs = false
let letStatisticsBe: () => Promise<unknown> = () => Promise.resolve()
const memoryKills = new MemoryKills()

const answer = async (request: string): Promise<string> => {
  const { do: what } = shimRequestSchema.parse(JSON.parse(request))
  if (what === 'expectEnd') endIsOurs = true
  if (what === 'expectExit') endIsOurs = false
  if (what === 'expectExit' || what === 'letStatisticsBe') await letStatisticsBe()
  if (what === 'keepStatisticsFresh') {
    await letStatisticsBe()
    letStatisticsBe = keepStatisticsFresh()
  }
  const error = what === 'drain' ? await drained() : undefined
  const offsets = Object.fromEntries(Object.entries(pumps).map(([name, pump]) => [name, pump.offset]))
  return `${JSON.stringify({ pid: process.pid, offsets, error })}\n`
}

const drained = async (): Promise<string | undefined> => {
  try {
    await drainAll()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** runc hands on what the frozen program has written through pipes of its own: all is here once runc has gone to sleep. */
const drainAll = async (): Promise<void> => {
  const end = performance.now() + HANDS_ON_WITHIN_MS
  for (let quietLooks = 0; quietLooks < 2; ) {
    const before = written()
    const asleep = runc.pid === undefined || isAsleep(runc.pid)
    for (const pump of Object.values(pumps)) pump.drain()
    quietLooks = asleep && written() === before ? quietLooks + 1 : 0
    if (performance.now() > end) throw new Error('runc does not hand on what the program has written')
    await sleep(LOOK_AGAIN_MS)
  }
}

const written = (): number => Object.values(pumps).reduce((sum, pump) => sum + pump.offset, 0)

rmSync(config.socket, { force: true })
const server = createServer((socket) => {
  let text = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8')
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const line = text.slice(0, end)
      text = text.slice(end + 1)
      answer(line).then(
        (text) => socket.write(text),
        () => socket.destroy(),
      )
    }
  })
}).listen(config.socket)

const output = openSync('/proc/self/fd/0', constants.O_WRONLY)
const errors = openSync('/proc/self/fd/3', constants.O_WRONLY)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
// The job ends with its shim: whatever was not thought of is less bad than that.
process.on('uncaughtException', (error) => console.error(error))
/** What ends a program that is killed: 128 and the signal's number. */
const KILLED = 137
/** What runc itself ends with when it could not do what it was asked. */
const RUNC_FAILED = 1
const runc = spawn('runc', config.runcArgs, { stdio: ['ignore', output, errors] })
closeSync(output)
closeSync(errors)
runc.on('error', (error) =>
  finish({ outcome: 'failed', exitCode: 127, at: Date.now(), error: error.message }),
)
runc.on('exit', (code, signal) => {
  const exitCode = code ?? KILLED
  // A program that is killed has runc tell its code; when runc itself is, nobody knows what became of the program.
  const error = signal ? `runc was ended by ${signal}` : code === RUNC_FAILED ? runcError() : undefined
  if (endIsOurs) finish({ outcome: 'ended', exitCode, at: Date.now() })
  else if (error) finish({ outcome: 'failed', exitCode, at: Date.now(), error })
  else {
    const outOfMemory = exitCode === KILLED && memoryKills.count > 0
    finish({ outcome: 'exited', exitCode, at: Date.now(), outOfMemory })
  }
})

const finish = (result: ShimResult): void => {
  memoryKills.stop()
  for (const pump of Object.values(pumps)) {
    // A volume that is full or gone must not keep the end of the program a secret. What a saved one wrote is in its checkpoint.
    if (result.outcome !== 'ended') attempt(() => pump.drain())
    pump.close()
  }
  if (result.outcome === 'exited') {
    attempt(() => {
      const exit = { attempt: config.attempt, exitCode: result.exitCode, at: result.at }
      writeDurably(config.exitFile, JSON.stringify(exit))
      syncDirectory(config.logs)
    })
  }
  writeDurably(config.resultFile, JSON.stringify(result))
  server.close()
  rmSync(config.socket, { force: true })
  process.exit(0)
}

const attempt = (what: () => void): void => {
  try {
    what()
  } catch (error) {
    console.error(error)
  }
}

/** Why runc could not start or restore. */
const runcError = (): string | undefined => {
  try {
    const lines = readFileSync(config.runcLog, 'utf8').split('\n')
    const error = lines.findLast((line) => line.includes('"level":"error"'))
    return error ? String((JSON.parse(error) as { msg: unknown }).msg) : undefined
  } catch {
    return undefined
  }
}
