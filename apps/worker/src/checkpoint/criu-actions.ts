import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { places } from '../system/places.ts'

/** A hung action must not keep the program frozen for ever. */
const ACTION_SECONDS = 110
/** Deleted files that are still open are saved up to this size. */
const GHOST_LIMIT_BYTES = 1024 ** 3

const SCRIPT = `#!/bin/sh
[ "$CRTOOLS_SCRIPT_ACTION" = post-dump ] || exit 0
exec curl --silent --fail --output /dev/null --max-time ${ACTION_SECONDS} \\
  --unix-socket ${places.actionSocket} http://worker/post-dump
`

/** Writes CRIU's configuration, with or without the call back to us while the program is frozen. */
export const writeCriuConfig = (withAction: boolean): void => {
  mkdirSync(places.criuWork, { recursive: true })
  writeFileSync(places.criuScript, SCRIPT)
  chmodSync(places.criuScript, 0o755)
  const lines = [`ghost-limit ${GHOST_LIMIT_BYTES}`]
  if (withAction) lines.push(`action-script ${places.criuScript}`)
  writeFileSync(places.criuConfig, `${lines.join('\n')}\n`)
}

/**
 * Runs `work` while CRIU may call: `frozen` is awaited in its post-dump action, when the program is frozen and dumped.
 * Only if it resolves does CRIU end or thaw the program as planned; a rejection, or our death, thaws it where it is.
 */
export const withCriuAction = async <T>(frozen: () => Promise<void>, work: () => Promise<T>): Promise<T> => {
  let failure: unknown
  // CRIU reads its configuration twice and runs the script twice: the second call hears the first one's answer.
  let called: Promise<void> | undefined
  rmSync(places.actionSocket, { force: true })
  const server = createServer((_request, response) => {
    called ??= frozen()
    called.then(
      () => response.writeHead(204).end(),
      (error: unknown) => {
        failure = error
        response.writeHead(500).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(places.actionSocket, resolve),
  )
  try {
    return await work()
  } catch (error) {
    throw failure ?? error
  } finally {
    server.closeAllConnections()
    server.close()
    rmSync(places.actionSocket, { force: true })
  }
}
