import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { fetchText } from './fetch-text.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})
const served = (listener: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    server = createServer(listener).listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server!.address() as AddressInfo).port}/x.sh`),
    )
  })

test('the text, asked for with those headers', async () => {
  const url = await served((request, response) => response.end(`é ${String(request.headers['x-key'])}`))
  expect(await fetchText(url, { 'x-key': 'k' })).toBe('é k')
})

test('what is not there is told with its status', async () => {
  const url = await served((_request, response) => response.writeHead(403, 'Forbidden').end('no'))
  await expect(fetchText(url, {})).rejects.toThrow(`${url} answers 403 Forbidden`)
})

test('what never ends is given up at its bound', async () => {
  const url = await served((_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more)
    }
    more()
  })
  await expect(fetchText(url, {})).rejects.toThrow('is larger than 1 MiB')
})

test('a host that does not answer is told in words', async () => {
  await expect(fetchText('http://127.0.0.1:1/x.sh', {})).rejects.toThrow(
    'http://127.0.0.1:1/x.sh cannot be read: ',
  )
})
