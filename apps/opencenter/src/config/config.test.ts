import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseListen, readConfig } from './config.ts'

const FLAGS = { dataDir: '/d', listen: '8443' }

test('an empty environment is a good one', () => {
  expect(readConfig(FLAGS, {})).toMatchObject({
    dataDir: '/d',
    listen: { host: '127.0.0.1', port: 8443 },
    local: { capacity: {} },
  })
})

test('numbers and switches are read, empty ones are absent', () => {
  const { local, workerPort } = readConfig(FLAGS, {
    OPCENTER_WORKER_PORT: '9000',
    OPCENTER_LOCAL_NOTICE: '0',
    OPCENTER_LOCAL_SEED: '',
    OPCENTER_LOCAL_OVERCOMMIT: 'true',
    OPCENTER_LOCAL_SPOT_CAPACITY: '0',
  })
  expect(workerPort).toBe(9000)
  expect(local).toEqual({ defaultNoticeSeconds: 0, overcommit: true, capacity: { spot: 0 } })
})

test('a value that is no number is refused by the name of its variable', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => text.trim() !== '' && !(Number(text) >= 0)),
      (text) => {
        expect(() => readConfig(FLAGS, { OPCENTER_LOCAL_NOTICE: text })).toThrow('OPCENTER_LOCAL_NOTICE')
      },
    ),
  )
})

test('every address and port that can be written is read back', () => {
  const address = fc.oneof(fc.ipV4(), fc.domain())
  const port = fc.integer({ min: 1, max: 65_535 })
  fc.assert(
    fc.property(address, port, (host, number) => {
      expect(parseListen(`${host}:${number}`)).toEqual({ host, port: number })
    }),
  )
  expect(parseListen('[::1]:8443')).toEqual({ host: '::1', port: 8443 })
})

test.each(['', 'x', '0', '127.0.0.1', '127.0.0.1:99999', 'a b:1', '[zz]:1'])(
  '--listen %j is refused',
  (text) => {
    expect(() => parseListen(text)).toThrow('--listen')
  },
)
