import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type FromWorker, WORKER_PROTOCOL } from '@mmcloud/contract'
import type { Instance, InstanceId, JobId } from '@mmcloud/domain'
import type { Records } from '@mmcloud/engine'
import { createMemoryRecords } from '@mmcloud/engine/ports/records/memory-records'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { aSample } from '../wavewatcher/test-sample.ts'
import { WorkerFleet } from './worker-fleet.ts'
import { attachWorkerLink, type WorkerLinkDeps } from './worker-link.ts'
import { createWorkerTokens } from './worker-tokens.ts'

const ID = 'i-1' as InstanceId
const INSTANCE: Instance = {
  id: ID,
  jobId: 'j-1' as JobId,
  offer: {
    provider: 'local',
    instanceType: 't3.micro',
    cpu: 2,
    memGB: 1,
    market: 'spot',
    pricePerHour: 0.0031,
    cpuFeatures: [],
  },
  state: 'ready',
  requestedAt: 1,
  version: 1,
}
const nothing = (): void => undefined
const tokens = createWorkerTokens(Buffer.alloc(32, 1))

let records: Records
let fleet: WorkerFleet
let server: http.Server
let link: { close(): void } | undefined
let silentMs: number | undefined
let takeSamples: WorkerLinkDeps['samples']['take']
let appendLog: WorkerLinkDeps['logs']['append']

beforeEach(async () => {
  takeSamples = () => Promise.resolve()
  appendLog = () => Promise.resolve(0)
  silentMs = undefined
  link = undefined
  records = createMemoryRecords()
  await records.write((tx) => tx.insertInstance(INSTANCE))
  fleet = new WorkerFleet(nothing)
  server = http.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  link?.close()
  server.close()
})

/** Dials as the worker of `ID` would, and says hello. */
const dial = async (proof: { joinToken?: string; credential?: string }): Promise<WebSocket> => {
  link ??= attachWorkerLink(deps(), server)
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/worker`)
  await once(socket, 'open')
  const hello: FromWorker = {
    type: 'hello',
    protocol: WORKER_PROTOCOL,
    version: '0',
    instanceId: ID,
    ...proof,
  }
  socket.send(JSON.stringify(hello))
  return socket
}

const deps = (): WorkerLinkDeps => ({
  fleet,
  tokens,
  records,
  logs: { append: (...chunk) => appendLog(...chunk), sizes: () => Promise.resolve({}) },
  samples: { take: (...taken) => takeSamples(...taken) },
  log: { info: nothing, warn: nothing, error: nothing },
  ...(silentMs === undefined ? {} : { silentMs }),
})

test('a worker joins once with its token, then comes with the credential it was given', async () => {
  const joining = await dial({ joinToken: tokens.joinToken(ID) })
  const [welcome] = (await once(joining, 'message')) as [Buffer]
  expect(JSON.parse(welcome.toString())).toEqual({
    type: 'welcome',
    logs: {},
    credential: tokens.credential(ID),
  })
  expect(fleet.connectedInstances()).toEqual([ID])
  const coming = await dial({ credential: tokens.credential(ID) })
  await once(coming, 'message')
  const again = await dial({ joinToken: tokens.joinToken(ID) })
  await once(again, 'close')
})

test('somebody without a right token is cut off', async () => {
  const socket = await dial({ joinToken: tokens.joinToken('i-2') })
  await once(socket, 'close')
  expect(fleet.connectedInstances()).toEqual([])
})

test('a worker that goes while it is being admitted is not among the connected', async () => {
  const looked = Promise.withResolvers<undefined>()
  const read = records.read.bind(records)
  records.read = async (work) => {
    await looked.promise
    return read(work)
  }
  const accepted = once(server, 'upgrade').then(([, socket]) => socket as Socket)
  const socket = await dial({ credential: tokens.credential(ID) })
  const closed = once(await accepted, 'close')
  socket.terminate()
  await closed
  looked.resolve(undefined)
  await new Promise(setImmediate)
  expect(fleet.connectedInstances()).toEqual([])
})

test('what is left to handle when a link ends is not handled: the next link may be further', async () => {
  const { promise: first, resolve: firstIsWritten } = Promise.withResolvers<number>()
  const offsets: number[] = []
  appendLog = (_job, _file, offset) => {
    offsets.push(offset)
    return first
  }
  const accepted = once(server, 'upgrade').then(([, socket]) => socket as Socket)
  const socket = await dial({ credential: tokens.credential(ID) })
  await once(socket, 'message')
  for (const offset of [0, 5])
    socket.send(JSON.stringify({ type: 'log', jobId: 'j-1', file: 'stdout.autosave', offset, data: '' }))
  await expect.poll(() => offsets).toEqual([0])
  const closed = once(await accepted, 'close')
  socket.terminate()
  await closed
  firstIsWritten(5)
  await new Promise(setImmediate)
  expect(offsets).toEqual([0])
})

test('a link on which nothing comes any more is closed, one that pings is not', async () => {
  silentMs = 200
  const socket = await dial({ credential: tokens.credential(ID) })
  await once(socket, 'message')
  const started = performance.now()
  const pings = setInterval(() => socket.ping(), 20)
  await expect.poll(() => performance.now() - started).toBeGreaterThan(400)
  expect(fleet.connectedInstances()).toEqual([ID])
  clearInterval(pings)
  await once(socket, 'close')
  await expect.poll(() => fleet.connectedInstances()).toEqual([])
})

test('samples are acknowledged when they are durable, and nothing waits for that; those of another job are not taken', async () => {
  const durable = Promise.withResolvers<void>()
  const taken: unknown[][] = []
  takeSamples = (...call) => {
    taken.push(call)
    return durable.promise
  }
  const socket = await dial({ credential: tokens.credential(ID) })
  const messages: { type: string }[] = []
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as { type: string }))
  const sample = aSample(5)
  const say = (message: FromWorker): void => socket.send(JSON.stringify(message))
  say({ type: 'samples', jobId: 'j-2', batch: 1, samples: [sample] })
  say({ type: 'samples', jobId: 'j-1', batch: 2, samples: [sample] })
  say({ type: 'log', jobId: 'j-1', file: 'stdout.autosave', offset: 0, data: '' })
  await expect.poll(() => messages.map(({ type }) => type)).toEqual(['welcome', 'logAck'])
  expect(taken).toEqual([['j-1', ID, INSTANCE.requestedAt, [sample]]])
  durable.resolve()
  await expect.poll(() => messages.at(-1)).toEqual({ type: 'samplesAck', batch: 2 })
})
