import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { Product, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let center: Product
beforeAll(async () => {
  center = await Product.start()
})
afterAll(async () => {
  await center.destroy()
})

/** Counts who comes by HTTP, in memory; whoever asks for `/ws` speaks a websocket's handshake and is echoed. */
const SERVER = `#!/usr/bin/env python3
import base64, hashlib, socketserver
count = 0
class Guest(socketserver.StreamRequestHandler):
    def handle(self):
        global count
        head = self.rfile.readline().decode()
        if not head: return
        headers = {}
        for line in iter(lambda: self.rfile.readline().decode().strip(), ''):
            key, _, value = line.partition(':')
            headers[key.lower()] = value.strip()
        if head.startswith('GET /ws'):
            key = headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
            accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
            self.wfile.write(('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: %s\\r\\n\\r\\n' % accept).encode())
            while True:
                first = self.rfile.read(2)
                if len(first) < 2: return
                size = first[1] & 127
                mask = self.rfile.read(4)
                data = bytes(byte ^ mask[n % 4] for n, byte in enumerate(self.rfile.read(size)))
                self.wfile.write(bytes([0x81, size]) + data)
        count += 1
        body = str(count).encode()
        self.wfile.write(b'HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s' % (len(body), body))
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
Server(('', 8888), Guest).serve_forever()
`

type Gateway = { readonly id: string; readonly connections: readonly { readonly address: string }[] }
const gateway = async (...words: string[]): Promise<Gateway> =>
  JSON.parse(await center.float('gateway', ...words, '-F', 'json')) as Gateway

/** The number of this guest; the server counts them. */
const visit = async (address: string): Promise<number> =>
  Number(await (await fetch(`http://${address}/`, { signal: AbortSignal.timeout(60_000) })).text())

const echo = (address: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${address}/ws`)
    socket.onopen = () => socket.send('through the gateway')
    socket.onmessage = ({ data }) => {
      resolve(String(data))
      socket.close()
    }
    socket.onerror = () => reject(new Error('the websocket broke'))
  })

const killed = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL')
  await waitFor('the OpCenter to be dead', 10_000, async () =>
    existsSync(`/proc/${pid}/exe`) ? { notYet: 'alive' } : { done: true },
  )
}

test('an address stays the same through a move, a suspend and an OpCenter that is killed; who comes meanwhile waits', async () => {
  const job = await center.submit(SERVER, '-n', 'served', '--gateway', 'auto', '--targetPort', '8888')
  await center.status(job, ['Executing'])
  const [{ id, connections } = { id: '', connections: [] }] = JSON.parse(
    await center.float('gateway', 'list', '-F', 'json'),
  ) as Gateway[]
  const address = connections[0]!.address
  expect(await center.float('show', '-j', job)).toContain(`    - 8888 -> ${address}\n`)
  expect(await visit(address)).toBe(1)
  expect(await echo(address)).toBe('through the gateway')
  expect(JSON.parse(await center.float('open', '-j', job, '-F', 'json'))).toEqual({
    url: `http://${address}`,
    answers: true,
  })

  // A connection that is open when the program leaves ends; it does not hang.
  const open = connect({ host: address.split(':')[0]!, port: Number(address.split(':')[1]) })
  await once(open, 'connect')
  const over = once(open, 'close')
  await center.float('suspend', '-f', '-j', job)
  await center.status(job, ['Suspended'])
  await over
  const early = visit(address)
  await center.float('resume', '-j', job)
  expect(await early).toBe(2)

  await center.float('migrate', '-f', '--sync', '-j', job, '-t', 'm5.large')
  expect(await visit(address)).toBe(3)

  await killed(await center.pid())
  expect(await visit(address)).toBe(4)
  await center.up()
  expect(await visit(address)).toBe(5)

  await center.float('gateway', 'disconnect', '-g', id, '-j', job)
  await waitFor('the door is closed', 10_000, async () =>
    visit(address).then(
      () => ({ notYet: 'open' }),
      () => ({ done: true }),
    ),
  )
  await center.float('gateway', 'connect', '-g', id, '-j', job)
  const again = await gateway('info', '-g', id)
  expect(await visit(again.connections[0]!.address)).toBeGreaterThan(5)
  await expect(center.float('gateway', 'destroy', '-f', '-g', id)).rejects.toThrow(`leads to job ${job}`)
  await center.float('cancel', '-f', '-j', job)
  await center.status(job, ['Cancelled'])
  expect(await center.float('gateway', 'destroy', '-f', '-g', id)).toBe(`Destroyed ${id}\n`)
})
