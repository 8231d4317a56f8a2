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
