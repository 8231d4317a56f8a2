import { createServer, type Server } from 'node:net'
import { UserError } from '@mmcloud/domain'

/** Listens, or says in words why not. */
export const listenOn = (server: Server, { host, port }: { host: string; port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      reject(
        new UserError(
          'conflict',
          `Cannot listen on ${host}:${port}: ${WORDS[cause.code ?? ''] ?? cause.message}`,
          { cause },
        ),
      )
    }
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })

/** The same refusal before anything is started that would be left behind. */
export const refuseTaken = async (at: { host: string; port: number }): Promise<void> => {
  const server = createServer()
  await listenOn(server, at)
  await new Promise((resolve) => server.close(resolve))
}

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; choose another with --listen',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'that port needs root',
}
