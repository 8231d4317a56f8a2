import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { places } from '../system/places.ts'

/** A hung action must not keep the program frozen for ever. */
const ACTION_SECONDS = 110
/** Deleted files that are still open are saved up to this size. */
const GHOST_LIMIT_BYTES = 1024 ** 3

/** `signal` aborts when nobody waits for the action any more: what CRIU does next does not depend on it. */
type Action = (signal: AbortSignal) => Promise<void>

/**
 * What CRIU may wait for:
 * `network-lock` every process of the program is frozen, and nothing is dumped yet.
 * `post-dump` the program is frozen and dumped; only if it resolves does CRIU end or thaw the program as planned, a
 * rejection, or our death, thaws it where it is.
 * `network-unlock` a dump is over, or has failed, and the program runs on next, whatever becomes of the action.
 * `post-restore` its memory is back and it has not run yet; a rejection, or our death, ends the restore.
 * `pre-resume` its sockets are back; the next thing is its next instruction, whatever becomes of the action.
 */
export type CriuActions = Partial<Record<(typeof ACTIONS)[number], Action>>

const ACTIONS = ['network-lock', 'post-dump', 'network-unlock', 'post-restore', 'pre-resume'] as const

const SCRIPT = `#!/bin/sh
case "$CRTOOLS_SCRIPT_ACTION" in ${ACTIONS.join('|')}) ;; *) exit 0 ;; esac
exec curl --silent --fail --output /dev/null --max-time ${ACTION_SECONDS} \\
  --unix-socket ${places.actionSocket} "http://worker/$CRTOOLS_SCRIPT_ACTION"
`

/**
 * Runs `work`, in which CRIU works with these further lines of configuration and calls; an action without a function
 * passes. Settles when every action that was called has: rejects with the failure of one, if one failed.
 */
export const withCriuActions = async <T>(
  actions: CriuActions,
  work: () => Promise<T>,
  options: readonly string[] = [],
): Promise<T> => {
  writeCriuConfig(options)
  let failure: unknown
  // CRIU reads its configuration twice and runs the script twice: the second call hears the first one's answer.
  const called = new Map<string, Promise<void>>()
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) as (typeof ACTIONS)[number]
    const action = called.get(name) ?? actions[name]?.(whileWaitedFor(response)) ?? Promise.resolve()
    called.set(name, action)
    action.then(
      () => response.writeHead(204).end(),
      (error: unknown) => {
        failure ??= error
        response.writeHead(500).end()
      },
    )
  })
  rmSync(places.actionSocket, { force: true })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(places.actionSocket, resolve),
  )
  try {
    const result = await work()
    if (failure !== undefined) throw failure
    return result
  } catch (error) {
    throw failure ?? error
  } finally {
    server.closeAllConnections()
    server.close()
    await Promise.allSettled(called.values())
    rmSync(places.actionSocket, { force: true })
  }
}

const whileWaitedFor = (response: ServerResponse): AbortSignal => {
  const over = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) over.abort(new Error('CRIU did not wait for the end of the checkpoint'))
  })
  return over.signal
}

const writeCriuConfig = (options: readonly string[]): void => {
  mkdirSync(places.criuWork, { recursive: true })
  writeFileSync(places.criuScript, SCRIPT)
  chmodSync(places.criuScript, 0o755)
  const lines = [`ghost-limit ${GHOST_LIMIT_BYTES}`, `action-script ${places.criuScript}`, ...options]
  writeFileSync(places.criuConfig, `${lines.join('\n')}\n`)
}
