import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A web server, and on another port one that answers every line with its number and the line. */
const SERVERS = `#!/usr/bin/env python3
import http.server, socketserver, threading
class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
class Echo(socketserver.StreamRequestHandler):
    lines = 0
    def handle(self):
        for line in self.rfile:
            Echo.lines += 1
            self.wfile.write(b"%d %s" % (Echo.lines, line))
threading.Thread(target=http.server.HTTPServer(("", 8000), Web).serve_forever).start()
socketserver.ThreadingTCPServer(("", 9000), Echo).serve_forever()
`
const FLAGS = ['-c', '1', '-m', '1', '--publish', '8000', '--publish', '19000:9000'] as const

let product: Product
beforeAll(async () => {
  product = await Product.start()
}, 120_000)
afterAll(() => product.destroy(), 120_000)

test('published ports are reached by the submitter alone, before and after a move, and closed with the job', async () => {
  const job = await product.submit(SERVERS, ...FLAGS)
  await product.status(job, ['Executing'])
  const before = await addressOf(job)
  expect(await answerOf(`http://${before}:8000`)).toBe('hello')
  expect(await echo(before, 'one')).toBe('1 one\n')
  // Published on no port of the instance: the packet filter drops it.
  expect(await connection(before, 9000)).toBe('no answer')

  await product.float('drill', '-j', job, '--notice', '20s')
  await product.event(job, 'restored')
  const after = await addressOf(job)
  expect(after).not.toBe(before)
  expect(await echo(after, 'two')).toBe('2 two\n')
  expect(await answerOf(`http://${after}:8000`)).toBe('hello')
  expect(await connection(after, 9000)).toBe('no answer')

  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
  await waitFor('its security group to be gone', 60_000, async () => {
    const owners = await groupOwners()
    return owners.includes(job) ? { notYet: owners.join() } : { done: true }
  })
})

test('whom --allowFrom does not name does not get through', async () => {
  // Addresses for documents: this machine has none of them.
  const job = await product.submit(SERVERS, ...FLAGS, '--allowFrom', '203.0.113.0/24')
  await product.status(job, ['Executing'])
  const { publicIP } = await product.show(job)
  expect(await connection(publicIP, 8000)).toBe('no answer')
  expect(await product.float('open', '-j', job, '8000')).toBe(`http://${publicIP}:8000\n`)
  await product.float('cancel', '-f', '-j', job)
  await product.status(job, ['Cancelled'])
})

/** As `float open` tells it. */
const addressOf = async (job: string): Promise<string> =>
  new URL((await product.float('open', '-j', job, '8000')).trim()).hostname

/** The server may need a moment after its program has begun. */
const answerOf = (url: string): Promise<string> =>
  waitFor(`an answer from ${url}`, 30_000, async () => {
    try {
      return { done: await (await fetch(url)).text() }
    } catch (error) {
      return { notYet: String(error) }
    }
  })

const echo = async (host: string, line: string): Promise<string> => {
  const socket = connect({ host, port: 19000 })
  socket.end(`${line}\n`)
  return text(socket)
}

const connection = (host: string, port: number): Promise<'made' | 'refused' | 'no answer'> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    const settle = (how: 'made' | 'refused' | 'no answer'): void => {
      socket.destroy()
      resolve(how)
    }
    socket.once('connect', () => settle('made'))
    socket.once('error', () => settle('refused'))
    socket.once('timeout', () => settle('no answer'))
  })

/** The jobs that the cloud keeps a security group for. */
const groupOwners = async (): Promise<string[]> => {
  const cloud = JSON.parse(await readFile(`${product.dataDir}/cloud/state.json`, 'utf8')) as {
    securityGroups: { owner: string }[]
  }
  return cloud.securityGroups.map(({ owner }) => owner)
}
