import type { GatewayId, Job } from '@mmcloud/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestWorld } from './test-world.ts'

const never = new AbortController().signal
const GW = `g-${'a'.repeat(21)}` as GatewayId
const PORTS = { publish: [{ hostPort: 80, containerPort: 8000 }], allowFrom: ['10.0.0.0/8'] }

let world: TestWorld
beforeEach(() => {
  world = new TestWorld()
})
afterEach(() => world.engine.stop())

const connected = async (more: Partial<Job['spec']> = {}): Promise<Job> => {
  const { id } = await world.executing({ ...PORTS, ...more })
  return world.engine.gateways.connect(id, GW)
}
/** Once the relay has heard of it. */
const leadsTo = async (port: number, where: (at: string) => boolean): Promise<string> => {
  for (let look = 0; look < 600; look += 1) {
    if (where(world.doors.at(port))) return world.doors.at(port)
    await world.clock.sleep(100, never)
  }
  throw new Error(`port ${port} leads to ${world.doors.at(port)}`)
}
const open = (at: string): boolean => at.includes(':')

test('a gateway leads to the job, waits while it rests, and leads to where it is then', async () => {
  const job = await connected()
  expect(job.gatewayPorts).toEqual([{ gateway: GW, port: 20_000, containerPort: 8000 }])
  const before = await leadsTo(20_000, open)
  expect(world.doors.routes[0]?.allowFrom).toEqual(['10.0.0.0/8'])
  await world.engine.commands.suspend(job.id, 'ada')
  await leadsTo(20_000, (at) => at === 'waits')
  await world.until(job.id, ({ status }) => status === 'Suspended')
  await world.engine.commands.resume(job.id, 'ada')
  expect(await leadsTo(20_000, open)).not.toBe(before)
})

test('who comes while the program is frozen waits', async () => {
  const job = await connected()
  await leadsTo(20_000, open)
  await world.clock.sleep(1500, never)
  await world.fleet.brake(job.id)
  await leadsTo(20_000, (at) => at === 'waits')
})

test('instances let the gateway in, from the connection on and after every move', async () => {
  const job = await connected()
  const group = async () => {
    const { residence } = await world.job(job.id)
    return residence.kind === 'running' ? world.provider.securityGroupOf(residence.instance) : undefined
  }
  expect((await group())?.from).toEqual(['10.0.0.0/8', '10.213.0.1/32'])
  await world.engine.commands.migrate(job.id, 'ada', { instanceType: 'm5.large' })
  await world.until(job.id, ({ status, workflow }) => status === 'Executing' && !workflow)
  expect((await group())?.from).toEqual(['10.0.0.0/8', '10.213.0.1/32'])
  await world.engine.gateways.disconnect(job.id, GW)
  expect((await group())?.from).toEqual(['10.0.0.0/8'])
})

test('a job that asks for a gateway is connected from its submit on, and keeps its port when it is run again', async () => {
  world.provider.failNext('launch', new Error('busy'))
  const { id } = await world.submitted({ ...PORTS, gateway: { id: GW, targetPort: 8000 } })
  expect(await leadsTo(20_000, (at) => at !== 'closed')).toBe('waits')
  await leadsTo(20_000, open)
  await world.fleet.exit(id, 0)
  await world.until(id, ({ status, workflow }) => status === 'Completed' && !workflow)
  await leadsTo(20_000, (at) => at === 'closed')
  await world.engine.commands.rerun(id, 'ada')
  await leadsTo(20_000, open)
})

test('a port that somebody else has meanwhile is given up for another', async () => {
  const first = await connected()
  await world.fleet.exit(first.id, 0)
  await world.until(first.id, ({ status, workflow }) => status === 'Completed' && !workflow)
  const second = await connected()
  expect(second.gatewayPorts).toMatchObject([{ port: 20_000 }])
  const again = await world.engine.commands.rerun(first.id, 'ada')
  expect(again.gatewayPorts).toMatchObject([{ port: 20_001 }])
})

describe('refused in words', () => {
  test('a port that is not published, and a choice that is none', async () => {
    const { id } = await world.executing({
      publish: [
        { hostPort: 80, containerPort: 8000 },
        { hostPort: 81, containerPort: 8001 },
      ],
    })
    const { gateways } = world.engine
    await expect(gateways.connect(id, GW, 9)).rejects.toThrow('does not publish port 9, but 8000, 8001')
    await expect(gateways.connect(id, GW)).rejects.toThrow('which port of job')
    await expect(gateways.disconnect(id, GW)).rejects.toThrow(`job ${id} at gateway ${GW}`)
    const { id: silent } = await world.executing()
    await expect(gateways.connect(silent, GW)).rejects.toThrow('publishes no port')
  })

  test('more than there are ports', async () => {
    for (let n = 0; n < 3; n += 1) await connected()
    await expect(connected()).rejects.toThrow('every port from 20000 to 20002 is connected')
  })
})

test('a relay that was started anew is told again', async () => {
  await connected()
  await leadsTo(20_000, open)
  world.doors.routes = []
  await leadsTo(20_000, open)
})

test('where nobody has a gateway nothing is told', async () => {
  await world.executing(PORTS)
  await world.clock.sleep(60_000, never)
  expect(world.doors.puts).toBe(0)
})

test('a relay that hangs keeps no job from being saved', async () => {
  const job = await connected()
  await leadsTo(20_000, open)
  world.doors.put = (_routes, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  const asked = world.clock.now()
  await world.engine.commands.suspend(job.id, 'ada')
  await world.until(job.id, ({ status }) => status === 'Suspended')
  expect(world.clock.now() - asked).toBeLessThan(2000)
})
