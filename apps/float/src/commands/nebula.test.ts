import type { AgentOptions } from '@mmcloud/nebula-agent'
import { expect, test } from 'vitest'
import { AUTH, fakeWorld } from '../fake-world.ts'

const SERVE = ['nebula', 'serve', '--host', '127.0.0.1', '--port', '0', '--prometheus-port', '0'] as const

test('who waits for its line may tell it to end at once: it listens for that before it says it', async () => {
  const order: string[] = []
  const { float } = fakeWorld(
    {},
    {
      untilTold: () => {
        order.push('listens')
        return Promise.resolve()
      },
      out: (data) => void order.push(data.toString().slice(0, 13)),
    },
  )
  expect(await float(...SERVE, ...AUTH)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^2026-11-23T06:00:00\.000Z ending: no new calls/),
  })
  expect(order).toEqual(['listens', 'Serving tasks'])
})

test.each([
  ['--port', '65536'],
  ['--port', '-1'],
  ['--prometheus_port', 'http'],
])('%s %s is refused in words', async (flag, port) => {
  const { code, stderr } = await fakeWorld({}).float('nebula', 'serve', flag, port, ...AUTH)
  expect(code).not.toBe(0)
  expect(stderr).toContain(`${flag}: "${port}" is not a port`)
})

test('without an address it says which secret is missing', async () => {
  const { code, stderr } = await fakeWorld({}).float(...SERVE)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/mmc_address/i)
})

/** What is given to the agent, and what its log says; it ends at once. */
const served = async (...flags: readonly string[]) => {
  const given: AgentOptions[] = []
  const agent = await import('@mmcloud/nebula-agent')
  const { float } = fakeWorld(
    {},
    {
      nebulaAgent: async () => ({
        ...agent,
        serveAgent: async (_center, options) => {
          given.push(options)
          options.log('create', new Error('the password is hush-hush\nand\u001b[2J no more'), 'e1')
          return { port: 1, prometheusPort: 2, drain: async () => undefined }
        },
      }),
    },
  )
  const told = await float('nebula', 'serve', '-a', 'oc:1', '-u', 'ann', '-p', 'hush-hush', ...flags)
  return { ...told, options: given[0]! }
}

test('a line of its log is one line, and holds no password', async () => {
  const { stderr } = await served()
  expect(stderr).not.toContain('hush-hush')
  expect(stderr.split('\n')[0]).toMatch(/ create e1: Error: the password is … and \[2J no more/)
})

test('links lead where browsers reach the OpCenter', async () => {
  expect((await served()).options.linkOrigin).toBeUndefined()
  expect((await served('--link-address', 'oc.example')).options.linkOrigin).toBe('https://oc.example')
})

test('what belongs to the agent is no flag of a task, and a word too many is not repeated', async () => {
  const { readFlags } = (await served()).options
  expect(readFlags(['--name', 'n'])).toMatchObject({ name: 'n' })
  for (const flag of ['--password', '--address', '--username', '--token', '--job'])
    expect(() => readFlags([flag, 'x'])).toThrow(flag)
  expect(() => readFlags(['--dry-run'])).toThrow('--dry-run')
  expect(() => readFlags(['--env', 'PW=my', 'secret'])).toThrow(/^a word belongs to no flag/)
})

test.each([
  [['extra'], '"extra" is no flag of float nebula serve'],
  [['--metric-prefix', 'a b'], '--metric-prefix: "a b" begins no name of Prometheus'],
])('%j is refused', async (words, sentence) => {
  const { code, stderr } = await served(...words)
  expect(code).not.toBe(0)
  expect(stderr).toContain(sentence)
})
