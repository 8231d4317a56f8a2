import { expect, test } from 'vitest'
import { FakeProvider } from './fake-provider.ts'
import { providerConformance } from './provider-conformance.ts'

providerConformance('the fake', async () => {
  let now = Date.parse('2030-01-01T00:00:00Z')
  const provider = new FakeProvider({ now: () => now })
  return {
    provider,
    instanceType: 't3.micro',
    idleUserData: 'sleep infinity',
    limitCapacity: async (market, count) => provider.limit('t3.micro', market, count ?? Infinity),
    mount: async (volume) => provider.mount(volume, true),
    unmount: async (volume) => provider.mount(volume, false),
    write: async (volume, _instance, text) => provider.write(volume, text),
    read: async (volume) => provider.read(volume),
    here: '10.0.0.1/32',
    reaches: async (instance, port) => {
      const group = provider.securityGroupOf(instance)
      return group !== undefined && group.ports.includes(port) && group.from.includes('10.0.0.1/32')
    },
    until: async (condition) => {
      const end = now + 60_000
      while (!(await condition())) {
        if (now > end) throw new Error('a minute has passed and the condition does not hold')
        now += 100
      }
    },
  }
})

test('the fake throws what it was told to, once', async () => {
  const provider = new FakeProvider({ now: () => 0 })
  provider.failNext('list', new Error('throttled'))
  await expect(provider.list()).rejects.toThrow('throttled')
  expect(await provider.list()).toEqual([])
  expect(provider.calls.map(({ method }) => method)).toEqual(['list', 'list'])
})
