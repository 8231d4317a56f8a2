import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { openLocalCloud, signal } from './open-local-cloud.ts'

test('two clouds on one machine never meet', async () => {
  await using one = await openLocalCloud()
  await using two = await openLocalCloud()
  const [a, b] = [one.request(), two.request()]
  const [, onTwo] = [await one.provider.launch(a, signal), await two.provider.launch(b, signal)]
  const hosts = [await one.provider.workerAddress(signal), await two.provider.workerAddress(signal)]
  expect(hosts[0]).not.toBe(hosts[1])

  // Something that listens on every address of the machine, as an OpCenter may.
  const server = createServer((socket) => socket.end('hello')).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const reach = (host: string, at: number): Promise<string> =>
    one
      .inside(a.id, 'timeout', '2', 'bash', '-c', `cat < /dev/tcp/${host}/${at}`)
      .catch((error: unknown) => (String(error).includes('refused') ? 'refused' : 'no answer'))
  expect(await reach(hosts[0] ?? '', port)).toBe('hello')
  expect(await reach(hosts[1] ?? '', port)).toBe('no answer')
  server.close()

  expect(await reach(onTwo.address, 22)).toBe('no answer')

  expect((await two.provider.list(signal)).map(({ id }) => id)).toEqual([b.id])
  await one[Symbol.asyncDispose]()
  // The other one still needs it; only the last to leave puts it back.
  expect((await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8')).trim()).toBe('1')
  expect((await two.provider.list(signal)).map(({ id }) => id)).toEqual([b.id])
  expect((await two.inside(b.id, 'hostname')).trim()).toBe(`ip-${onTwo.address.replaceAll('.', '-')}`)
})
