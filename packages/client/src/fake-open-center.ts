import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

/** What a test saw of one request. */
export type SeenRequest = {
  readonly method: string
  readonly url: string
  readonly authorization: string | undefined
  readonly body: string
  /** Only where the client sent one. */
  readonly lastEventId?: string
}
export type FakeAnswer = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** What becomes of the connection after the body: it ends properly, stays open, or breaks. */
  readonly after?: 'end' | 'stay' | 'break'
}

/** An HTTPS server with a certificate of its own, for tests of the client: records what it is asked. */
export const startFakeOpenCenter = async (
  answer: (request: SeenRequest) => FakeAnswer,
  port = 0,
): Promise<{
  port: number
  certificate: string
  seen: SeenRequest[]
  /** How many there have been so far. */
  connections: () => number
  close: () => Promise<void>
}> => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'opencenter' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const seen: SeenRequest[] = []
  const server = https.createServer({ cert, key }, (incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request = {
        method,
        url,
        authorization: headers.authorization,
        body: Buffer.concat(chunks).toString(),
        ...(headers['last-event-id'] ? { lastEventId: String(headers['last-event-id']) } : {}),
      }
      seen.push(request)
      const { status = 200, headers: extra = {}, body, after = 'end' } = answer(request)
      outgoing.writeHead(status, extra)
      if (after === 'end') outgoing.end(body)
      else outgoing.write(body, () => after === 'break' && incoming.socket.destroy())
    })
  })
  let connections = 0
  server.on('secureConnection', () => (connections += 1))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    certificate: cert,
    seen,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
