import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayRoute } from '@mmcloud/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Relay } from './relay.ts'

const HOST = '127.0.0.1'
const EVERYBODY = ['127.0.0.0/8']

let relay: Relay
const servers: Server[] = []
const sockets: Socket[] = []
beforeEach(() => {
  relay = new Relay(HOST)
})
afterEach(async () => {
  await relay.put([])
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

const listening = async (server: Server): Promise<number> => {
  servers.push(server)
  await once(server.listen(0, HOST), 'listening')
  return (server.address() as AddressInfo).port
}
/** Says who it is, and then everything back in capitals. */
const job = (name: string): Promise<number> =>
  listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined)
      socket.write(`${name}\n`)
      socket.on('data', (data) => socket.write(data.toString().toUpperCase()))
      socket.on('end', () => socket.end(`bye from ${name}`))
    }),
  )
/** A port that is free now. */
const freePort = async (): Promise<number> => {
  const port = await listening(createServer())
  await new Promise((resolve) => servers.pop()!.close(resolve))
  return port
}
const route = (port: number, upstream?: number, allowFrom = EVERYBODY): GatewayRoute => ({
  port,
  ...(upstream === undefined ? {} : { upstream: { host: HOST, port: upstream } }),
  allowFrom,
})
const guest = (port: number) => {
  const socket = connect({ port, host: HOST })
  sockets.push(socket)
  let heard = ''
  socket.on('error', () => undefined)
  socket.on('data', (data) => (heard += data.toString()))
  const closed = once(socket, 'close')
  const until = async (text: string): Promise<void> => {
    const end = Date.now() + 5000
    while (!heard.includes(text)) {
      if (Date.now() > end) throw new Error(`heard "${heard}", not "${text}"`)
      await sleep(5)
    }
  }
  return { socket, closed, until, heard: () => heard }
}

test('bytes go through both ways, and each side may end alone', async () => {
  const port = await freePort()
  expect(await relay.put([route(port, await job('a'))])).toEqual([])
  const { socket, closed, until } = guest(port)
  await until('a\n')
  socket.end('hello')
  await until('HELLObye from a')
  await closed
})

test('who comes while the job is nowhere waits, and what was sent is answered where it is then', async () => {
  const port = await freePort()
  await relay.put([route(port)])
  const { socket, heard, until } = guest(port)
  await once(socket, 'connect')
  socket.write('early')
  await sleep(50)
  expect(heard()).toBe('')
  await relay.put([route(port, await job('a'))])
  await until('EARLY')
})

test('a job that does not listen yet is dialled until it does', async () => {
  const [port, upstream] = [await freePort(), await freePort()]
  await relay.put([route(port, upstream)])
  const { until } = guest(port)
  await sleep(50)
  const server = createServer((socket) => socket.end('up'))
  servers.push(server)
  await once(server.listen(upstream, HOST), 'listening')
  await until('up')
})

test('connections end with the place they led to, new ones go to the next', async () => {
  const port = await freePort()
  await relay.put([route(port, await job('a'))])
  const first = guest(port)
  await first.until('a\n')
  await relay.put([route(port, await job('b'))])
  await first.closed
  await guest(port).until('b\n')
})

test('told the same again, connections stay', async () => {
  const [port, upstream] = [await freePort(), await job('a')]
  await relay.put([route(port, upstream)])
  const { socket, until } = guest(port)
  await until('a\n')
  await relay.put([route(port, upstream)])
  socket.write('still')
  await until('STILL')
})

test('only the networks of the route get in, held ones included', async () => {
  const [port, upstream] = [await freePort(), await job('a')]
  await relay.put([route(port, upstream, ['10.0.0.0/8'])])
  const stranger = guest(port)
  await stranger.closed
  expect(stranger.heard()).toBe('')
  await relay.put([route(port, undefined)])
  const held = guest(port)
  await once(held.socket, 'connect')
  await sleep(50)
  await relay.put([route(port, upstream, ['10.0.0.0/8'])])
  await held.closed
  expect(held.heard()).toBe('')
})

test('a port that goes closes with its connections, and can be had again', async () => {
  const [port, upstream] = [await freePort(), await job('a')]
  await relay.put([route(port, upstream)])
  const { closed, until } = guest(port)
  await until('a\n')
  await relay.put([])
  await closed
  await relay.put([route(port, upstream)])
  await guest(port).until('a\n')
})

test('a port that somebody else has is told, the others open, and it is tried again', async () => {
  const [taken, port, upstream] = [await listening(createServer()), await freePort(), await job('a')]
  const routes = [route(taken, upstream), route(port, upstream)]
  expect(await relay.put(routes)).toEqual([
    { port: taken, reason: expect.stringContaining('EADDRINUSE') as unknown as string },
  ])
  await guest(port).until('a\n')
  for (const server of servers) if ((server.address() as AddressInfo | null)?.port === taken) server.close()
  await sleep(20)
  expect(await relay.put(routes)).toEqual([])
})
