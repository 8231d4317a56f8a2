import { createServer } from 'node:net'

/** A port that nobody listens at now; somebody may before you do. */
export const freePort = (address = '127.0.0.1'): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
