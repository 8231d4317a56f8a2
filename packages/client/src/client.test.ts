import { UserError } from '@mmcloud/contract/user-error'
import { afterEach, expect, test } from 'vitest'
import { parseAddress } from './address.ts'
import { createClient, type Credentials } from './client.ts'
import { type FakeAnswer, type SeenRequest, startFakeOpenCenter } from './fake-open-center.ts'
import { httpsTransport } from './https-transport.ts'
import { UnreachableError } from './transport.ts'
import { type PinStore, type Trust, UntrustedError } from './trust.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

const memoryPins = (): PinStore & { pins: Map<string, string> } => {
  const pins = new Map<string, string>()
  return {
    pins,
    get: (endpoint) => pins.get(endpoint),
    set: (endpoint, print) => void pins.set(endpoint, print),
  }
}

const serve = async (answer: (request: SeenRequest) => FakeAnswer, port?: number) => {
  const server = await startFakeOpenCenter(answer, port)
  cleanups.push(server.close)
  return server
}

const connect = (port: number, trust: Trust, credentials: Credentials = { kind: 'none' }) => {
  const transport = httpsTransport(parseAddress(`127.0.0.1:${port}`), trust)
  cleanups.push(transport.close)
  return createClient(transport, credentials)
}

const pinning = (store: PinStore): Trust => ({ kind: 'pins', store, where: '~/.float/known_opcenters' })
const VERSION = { body: '{"version":"0.1.0"}' }

test('the first certificate is pinned, the same one accepted, another refused before anything is sent', async () => {
  const pins = memoryPins()
  const first = await serve(() => VERSION)
  expect(await connect(first.port, pinning(pins)).call('version')).toEqual({ version: '0.1.0' })
  expect([...pins.pins.keys()]).toEqual([`127.0.0.1:${first.port}`])
  await connect(first.port, pinning(pins)).call('version')
  await first.close()

  const second = await serve(() => VERSION, first.port)
  const refused = connect(second.port, pinning(pins), {
    kind: 'password',
    username: 'u',
    password: 'p',
  }).call('status')
  await expect(refused).rejects.toThrow(UntrustedError)
  await expect(refused).rejects.toThrow('remove every line of 127.0.0.1')
  expect(second.seen).toEqual([])
})

test('a fingerprint given beforehand is the only one accepted', async () => {
  const pins = memoryPins()
  const server = await serve(() => VERSION)
  await connect(server.port, pinning(pins)).call('version')
  const fingerprint = [...pins.pins.values()][0] ?? ''
  const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')
  await connect(server.port, { kind: 'fingerprint', fingerprint: colons }).call('version')
  const wrong = connect(server.port, { kind: 'fingerprint', fingerprint: '00' }).call('version')
  await expect(wrong).rejects.toThrow('FLOAT_FINGERPRINT')
})

test('FLOAT_CA accepts the certificate in it and no other', async () => {
  const server = await serve(() => VERSION)
  const other = await serve(() => VERSION)
  await connect(server.port, { kind: 'ca', pem: server.certificate }).call('version')
  const wrong = connect(server.port, { kind: 'ca', pem: other.certificate }).call('version')
  await expect(wrong).rejects.toThrow('FLOAT_CA')
})

test('login sends Basic credentials and answers the token of the header', async () => {
  const session = { username: 'admin', userNumber: 0, role: 'admin' }
  const server = await serve(() => ({
    headers: { Authorization: 'Bearer t' },
    body: JSON.stringify(session),
  }))
  const client = connect(server.port, pinning(memoryPins()), {
    kind: 'password',
    username: 'admin',
    password: 'pä:ß',
  })
  expect(await client.login()).toEqual({ token: 'Bearer t', session })
  expect(server.seen[0]?.authorization).toBe(`Basic ${Buffer.from('admin:pä:ß').toString('base64')}`)
})

test('parameters, query and body go where the API wants them', async () => {
  const server = await serve(() => ({ body: '{"jobs":[]}' }))
  const client = connect(server.port, pinning(memoryPins()), { kind: 'token', token: 'Bearer t' })
  await client.call('jobSummaries', { query: { filter: ['a=1', 'b=2 or b=3'] } })
  await client.call('drillJob', { params: { id: 'a/b' }, body: { notice: '30s' } })
  expect(server.seen).toEqual([
    {
      method: 'GET',
      url: '/api/v1/jobSummaries?filter=a%3D1&filter=b%3D2+or+b%3D3',
      authorization: 'Bearer t',
      body: '',
    },
    { method: 'POST', url: '/api/v1/jobs/a%2Fb/drill', authorization: 'Bearer t', body: '{"notice":"30s"}' },
  ])
})

test('log bytes come raw, with their place', async () => {
  const bytes = Uint8Array.from([0, 255, 10, 128])
  const server = await serve(() => ({ headers: { 'x-log-offset': '6', 'x-log-size': '10' }, body: bytes }))
  const page = await connect(server.port, pinning(memoryPins())).readLog('j', 'stdout.autosave', -4)
  expect({ ...page, bytes: [...page.bytes] }).toEqual({ bytes: [0, 255, 10, 128], offset: 6, size: 10 })
  expect(server.seen[0]?.url).toBe('/api/v1/jobs/j/logs/stdout.autosave?offset=-4')
})

test.each([
  [404, '{"code":1002,"message":"Resource not found: job x"}', 1002, 'Resource not found: job x'],
  [502, '<html>proxy</html>', 1500, 'not one of an OpCenter: HTTP 502'],
])('an answer of %i becomes an error for a person', async (status, body, code, message) => {
  const server = await serve(() => ({ status, body }))
  const failed = connect(server.port, pinning(memoryPins())).call('job', { params: { id: 'x' } })
  await expect(failed).rejects.toThrow(UserError)
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test('nobody there is told with the address', async () => {
  const server = await serve(() => VERSION)
  await server.close()
  const failed = connect(server.port, pinning(memoryPins())).call('version')
  await expect(failed).rejects.toThrow(UnreachableError)
  await expect(failed).rejects.toThrow(`127.0.0.1:${server.port}: connection refused`)
})

/** A client with so many calls under way at most. */
const callingAtOnce = (callsAtOnce: number, port: number) => {
  const address = parseAddress(`127.0.0.1:${port}`)
  const transport = httpsTransport(address, pinning(memoryPins()), { callsAtOnce })
  cleanups.push(transport.close)
  return createClient(transport, { kind: 'none' })
}

test('however many calls come at once, few connections are made, and all are answered', async () => {
  const server = await serve(() => VERSION)
  const client = callingAtOnce(3, server.port)
  await Promise.all(Array.from({ length: 200 }, () => client.call('version')))
  expect([server.seen.length, server.connections()]).toEqual([200, 3])
})

test('a call that is given up while it waits for others is never sent', async () => {
  const server = await serve(() => VERSION)
  const client = callingAtOnce(1, server.port)
  const first = client.call('version')
  const leaving = new AbortController()
  const second = client.call('version', {}, leaving.signal)
  leaving.abort()
  await expect(second).rejects.toThrow()
  await first
  expect(server.seen).toHaveLength(1)
})

test('without a port the second is tried when the first does not answer, and remembered', async () => {
  const dead = await serve(() => VERSION)
  await dead.close()
  const live = await serve(() => VERSION)
  const trust = pinning(memoryPins())
  const transport = httpsTransport({ host: '127.0.0.1', ports: [dead.port, live.port] }, trust)
  cleanups.push(transport.close)
  const client = createClient(transport, { kind: 'none' })
  await client.call('version')
  await client.call('version')
  expect(live.seen).toHaveLength(2)
  expect(transport.origin()).toBe(`https://127.0.0.1:${live.port}`)
})

test.each([
  ['a.b', 'https://a.b'],
  ['https://a.b:9443/', 'https://a.b:9443'],
  ['[::1]:8443', 'https://[::1]:8443'],
])('before anything has answered %s is %s', (address, origin) => {
  expect(httpsTransport(parseAddress(address), pinning(memoryPins())).origin()).toBe(origin)
})

test.each([
  ['10.0.0.1', { host: '10.0.0.1', ports: [443, 8443] }],
  ['opcenter.example:9443', { host: 'opcenter.example', ports: [9443] }],
  ['https://a.b/', { host: 'a.b', ports: [443, 8443] }],
  ['[::1]:8443', { host: '::1', ports: [8443] }],
])('address %s', (text, address) => expect(parseAddress(text)).toEqual(address))

test.each(['', 'a b', 'a:0', 'a:99999', 'a:b', 'http://a/b/c'])('address "%s" is refused', (text) =>
  expect(() => parseAddress(text)).toThrow('--address'),
)
