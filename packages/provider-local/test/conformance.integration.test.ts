import { connect } from 'node:net'
import type { VolumeId } from '@mmcloud/domain'
import { providerConformance } from '@mmcloud/engine/ports/provider/provider-conformance'
import { afterAll, beforeAll, vi } from 'vitest'
import { IDLE, openLocalCloud, signal } from './open-local-cloud.ts'

let cloud: Awaited<ReturnType<typeof openLocalCloud>>
beforeAll(async () => {
  cloud = await openLocalCloud()
}, 60_000)
afterAll(() => cloud[Symbol.asyncDispose](), 60_000)

/** Refused by the instance is through; what the packet filter drops is not answered. */
const comesThrough = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const settle = (through: boolean): void => {
      socket.destroy()
      resolve(through)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED'))
    socket.once('timeout', () => settle(false))
  })

const mountPoint = (volume: VolumeId): string => `/mnt/${volume}`
const MOUNT = 'blkid "$1" || mkfs.btrfs -q "$1"; mkdir -p "$2" && mount "$1" "$2"'

providerConformance('the local cloud', async () => {
  const { provider, inside } = cloud
  return {
    provider,
    instanceType: 't3.micro',
    idleUserData: IDLE,
    limitCapacity: (market, count) =>
      provider.setCapacity(count === undefined ? {} : { types: { 't3.micro': { [market]: count } } }, signal),
    mount: async (volume, instance, device) => {
      await inside(instance, 'sh', '-ec', MOUNT, 'mount', device, mountPoint(volume))
    },
    unmount: async (volume, instance) => {
      await inside(instance, 'umount', mountPoint(volume))
    },
    write: async (volume, instance, text) => {
      await inside(instance, 'sh', '-ec', 'printf %s "$1" > "$2/text"', 'write', text, mountPoint(volume))
    },
    read: (volume, instance) => inside(instance, 'cat', `${mountPoint(volume)}/text`),
    here: '127.0.0.1/32',
    reaches: async (instance, port) => {
      const address = (await provider.list(signal)).find(({ id }) => id === instance)?.address
      return comesThrough(address!, port)
    },
    until: (condition) =>
      vi.waitFor(
        async () => {
          if (!(await condition())) throw new Error('the condition does not hold')
        },
        { timeout: 30_000, interval: 20 },
      ),
  }
})
