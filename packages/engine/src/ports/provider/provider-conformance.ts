import { randomInt } from 'node:crypto'
import { type InstanceId, type Market, newInstanceId, newVolumeId, type VolumeId } from '@mmcloud/domain'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  InstanceNotFoundError,
  InsufficientCapacityError,
  VolumeInUseError,
  VolumeNotFoundError,
} from './provider-errors.ts'
import type { LaunchRequest, Provider } from './provider.ts'

/** What the suite needs beside the port: the hands of a worker on an instance, and of the cloud's owner. */
export type ProviderUnderTest = {
  readonly provider: Provider
  /** A small type with capacity in both markets. */
  readonly instanceType: string
  /** User data that does nothing for ever. */
  readonly idleUserData: string
  /** At most `count` instances of the type in the market; undefined lifts the limit. */
  limitCapacity(market: Market, count: number | undefined): Promise<void>
  /** Makes a file system if there is none, and mounts it; in the instance, as its worker would. */
  mount(volume: VolumeId, instance: InstanceId, device: string): Promise<void>
  unmount(volume: VolumeId, instance: InstanceId): Promise<void>
  write(volume: VolumeId, instance: InstanceId, text: string): Promise<void>
  read(volume: VolumeId, instance: InstanceId): Promise<string>
  /** The network from which `reaches` tries. */
  readonly here: string
  /** Whether a connection to that port comes as far as the instance, where nothing need listen. */
  readonly reaches: (instance: InstanceId, port: number) => Promise<boolean>
  /** Lets the provider's time pass until the condition holds; rejects after some seconds of it. */
  until(condition: () => Promise<boolean>): Promise<void>
}

/** What every provider must do, the fake included. `open` is called once a test. */
export const providerConformance = (name: string, open: () => Promise<ProviderUnderTest>): void => {
  const signal = new AbortController().signal

  /** A cloud in which what a test made is ended and deleted when it is over. */
  const enter = async () => {
    const cloud = await open()
    const { provider } = cloud
    const instances: InstanceId[] = []
    const volumes: VolumeId[] = []
    onTestFinished(async () => {
      for (const id of instances) await gone(cloud, id)
      for (const id of volumes) {
        await provider.detachVolume(id, signal).catch(ignore(VolumeNotFoundError))
        await provider.deleteVolume(id, signal)
      }
    })
    const request = (change: Partial<LaunchRequest> = {}): LaunchRequest => {
      const id = newInstanceId(randomInt)
      instances.push(id)
      const { instanceType, idleUserData } = cloud
      const rest = { market: 'spot' as const, maxPricePerHour: 100, owner: 'conformance' }
      return { id, instanceType, userData: idleUserData, ...rest, ...change }
    }
    const launch = async (change: Partial<LaunchRequest> = {}): Promise<InstanceId> => {
      const asked = request(change)
      await provider.launch(asked, signal)
      return asked.id
    }
    const createVolume = async (): Promise<VolumeId> => {
      const id = newVolumeId(randomInt)
      volumes.push(id)
      await provider.createVolume({ id, sizeGB: 1, owner: 'conformance' }, signal)
      return id
    }
    const find = async (id: InstanceId) =>
      (await provider.list(signal)).find((instance) => instance.id === id)
    return { ...cloud, request, launch, createVolume, find }
  }

  const gone = async (cloud: ProviderUnderTest, id: InstanceId): Promise<void> => {
    await cloud.until(async () => {
      try {
        await cloud.provider.terminate(id, signal)
        return false
      } catch (error) {
        if (error instanceof InstanceNotFoundError) return true
        throw error
      }
    })
  }

  describe(`${name} is a provider`, () => {
    test('offers are of types in the catalogue, at a price', async () => {
      const { provider } = await enter()
      const types = new Map((await provider.catalogue(signal)).map((type) => [type.name, type]))
      const offers = await provider.offers(signal)
      expect(offers.length).toBeGreaterThan(0)
      for (const offer of offers) {
        const type = types.get(offer.instanceType)
        expect(type).toMatchObject({ cpu: offer.cpu, memGB: offer.memGB })
        expect(offer.pricePerHour).toBeGreaterThan(0)
        expect(offer.pricePerHour).toBeLessThanOrEqual(type?.onDemandPerHour ?? 0)
      }
    })

    test('a launch repeated with the same id answers the same and makes one instance', async () => {
      const { provider, request } = await enter()
      const asked = request()
      const [first, second] = await Promise.all([
        provider.launch(asked, signal),
        provider.launch(asked, signal),
      ])
      expect(second).toEqual(first)
      expect(await provider.launch(asked, signal)).toEqual(first)
      const same = (await provider.list(signal)).filter(({ id }) => id === asked.id)
      expect(same).toEqual([
        {
          id: asked.id,
          owner: 'conformance',
          state: 'running',
          instanceType: asked.instanceType,
          market: 'spot',
          ...first,
        },
      ])
    })

    test('a launch repeated after the instance is gone boots nothing', async () => {
      const cloud = await enter()
      const asked = cloud.request()
      const first = await cloud.provider.launch(asked, signal)
      await gone(cloud, asked.id)
      expect(await cloud.provider.launch(asked, signal)).toEqual(first)
      expect(await cloud.find(asked.id)).toBeUndefined()
    })

    test('a terminated instance is not found and not listed', async () => {
      const cloud = await enter()
      const id = await cloud.launch()
      await gone(cloud, id)
      expect(await cloud.find(id)).toBeUndefined()
    })

    test('a price limit below the price is a lack of capacity', async () => {
      const { provider, request } = await enter()
      await expect(provider.launch(request({ maxPricePerHour: 0 }), signal)).rejects.toThrow(
        InsufficientCapacityError,
      )
    })

    test('capacity runs out in one market, not in the other, and comes back', async () => {
      const cloud = await enter()
      onTestFinished(() => cloud.limitCapacity('spot', undefined))
      await cloud.limitCapacity('spot', 1)
      const id = await cloud.launch()
      await expect(cloud.launch()).rejects.toThrow(InsufficientCapacityError)
      const markets = (await cloud.provider.offers(signal))
        .filter(({ instanceType }) => instanceType === cloud.instanceType)
        .map(({ market }) => market)
      expect(markets).toEqual(['onDemand'])
      await cloud.launch({ market: 'onDemand' })
      await gone(cloud, id)
      await cloud.launch()
    })

    test('a volume is attached to one instance at a time', async () => {
      const { provider, launch, createVolume } = await enter()
      const [volume, a, b] = [await createVolume(), await launch(), await launch()]
      const attached = await provider.attachVolume(volume, a, signal)
      expect(await provider.attachVolume(volume, a, signal)).toEqual(attached)
      await expect(provider.attachVolume(volume, b, signal)).rejects.toThrow(VolumeInUseError)
      await expect(provider.deleteVolume(volume, signal)).rejects.toThrow(VolumeInUseError)
      expect((await provider.listVolumes(signal)).find(({ id }) => id === volume)).toEqual({
        id: volume,
        owner: 'conformance',
        sizeGB: 1,
        attachedTo: a,
      })
      await provider.detachVolume(volume, signal)
      await provider.detachVolume(volume, signal)
      await provider.attachVolume(volume, b, signal)
    })

    test('two instances that ask for a volume at once: one gets it', async () => {
      const { provider, launch, createVolume } = await enter()
      const [volume, a, b] = [await createVolume(), await launch(), await launch()]
      const both = await Promise.allSettled([
        provider.attachVolume(volume, a, signal),
        provider.attachVolume(volume, b, signal),
      ])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    })

    test('a mounted volume cannot be detached; unmounted it can, and its bytes move along', async () => {
      const cloud = await enter()
      const { provider } = cloud
      const [volume, a, b] = [await cloud.createVolume(), await cloud.launch(), await cloud.launch()]
      const onA = await provider.attachVolume(volume, a, signal)
      await cloud.mount(volume, a, onA.device)
      await cloud.write(volume, a, 'written on a')
      await expect(provider.detachVolume(volume, signal)).rejects.toThrow(VolumeInUseError)
      expect(await cloud.read(volume, a)).toBe('written on a')
      await cloud.unmount(volume, a)
      await provider.detachVolume(volume, signal)
      const onB = await provider.attachVolume(volume, b, signal)
      await cloud.mount(volume, b, onB.device)
      expect(await cloud.read(volume, b)).toBe('written on a')
      await cloud.unmount(volume, b)
    })

    test('an instance that is taken with a volume mounted frees it, bytes and all', async () => {
      const cloud = await enter()
      const { provider } = cloud
      const [volume, a, b] = [await cloud.createVolume(), await cloud.launch(), await cloud.launch()]
      const onA = await provider.attachVolume(volume, a, signal)
      await cloud.mount(volume, a, onA.device)
      await cloud.write(volume, a, 'still here')
      await gone(cloud, a)
      await provider.detachVolume(volume, signal)
      const onB = await provider.attachVolume(volume, b, signal)
      await cloud.mount(volume, b, onB.device)
      expect(await cloud.read(volume, b)).toBe('still here')
      await cloud.unmount(volume, b)
    })

    test('an instance is reached where the group of its owner lets it be, and nowhere without one', async () => {
      const { provider, launch, reaches, here } = await enter()
      onTestFinished(() => provider.deleteSecurityGroup('served', signal))
      await provider.putSecurityGroup({ owner: 'served', ports: [8000, 8001], from: [here] }, signal)
      const [served, other] = [await launch({ owner: 'served' }), await launch()]
      const reached = () => Promise.all([8000, 8001, 8002].map((port) => reaches(served, port)))
      expect(await reached()).toEqual([true, true, false])
      expect(await reaches(other, 8000)).toBe(false)
      // An address for documents: nobody has it.
      await provider.putSecurityGroup(
        { owner: 'served', ports: [8000, 8002], from: ['203.0.113.1/32'] },
        signal,
      )
      expect(await reached()).toEqual([false, false, false])
      await provider.putSecurityGroup(
        { owner: 'served', ports: [8002], from: ['203.0.113.1/32', here] },
        signal,
      )
      expect(await reached()).toEqual([false, false, true])
    })

    test('a group that is deleted lets nobody through and is not listed', async () => {
      const { provider, launch, reaches, here } = await enter()
      const group = { owner: 'served', ports: [8000], from: [here] }
      await provider.putSecurityGroup(group, signal)
      await provider.putSecurityGroup(group, signal)
      const instance = await launch({ owner: 'served' })
      expect(await provider.listSecurityGroups(signal)).toEqual(['served'])
      await provider.deleteSecurityGroup('served', signal)
      await provider.deleteSecurityGroup('served', signal)
      expect(await provider.listSecurityGroups(signal)).toEqual([])
      expect(await reaches(instance, 8000)).toBe(false)
    })

    test('what does not exist is refused by its own error', async () => {
      const { provider, launch, createVolume } = await enter()
      const noInstance = newInstanceId(randomInt)
      const noVolume = newVolumeId(randomInt)
      await expect(provider.terminate(noInstance, signal)).rejects.toThrow(InstanceNotFoundError)
      await expect(provider.attachVolume(await createVolume(), noInstance, signal)).rejects.toThrow(
        InstanceNotFoundError,
      )
      await expect(provider.attachVolume(noVolume, await launch(), signal)).rejects.toThrow(
        VolumeNotFoundError,
      )
      await expect(provider.detachVolume(noVolume, signal)).rejects.toThrow(VolumeNotFoundError)
      await provider.deleteVolume(noVolume, signal)
    })

    test('a reclaim gives notice, then takes the instance', async () => {
      const cloud = await enter()
      const { reclaim } = cloud.provider
      if (!reclaim) return
      const id = await cloud.launch()
      await reclaim.call(cloud.provider, id, 2, signal)
      const noticed = await cloud.find(id)
      expect(noticed?.interruptionAt).toBeTypeOf('number')
      // Asked again with more time: the first notice stands.
      await reclaim.call(cloud.provider, id, 600, signal)
      expect((await cloud.find(id))?.interruptionAt).toBe(noticed?.interruptionAt)
      await cloud.until(async () => (await cloud.find(id)) === undefined)
      await expect(cloud.provider.terminate(id, signal)).rejects.toThrow(InstanceNotFoundError)
    })

    test('a reclaim without notice takes the instance at once', async () => {
      const cloud = await enter()
      const { reclaim } = cloud.provider
      if (!reclaim) return
      const id = await cloud.launch()
      await reclaim.call(cloud.provider, id, 0, signal)
      await cloud.until(async () => (await cloud.find(id)) === undefined)
    })

    test('every health row that is not ok says what mends it', async () => {
      const { provider } = await enter()
      for (const row of await provider.health(signal)) if (row.status !== 'ok') expect(row.fix).not.toBe('')
    })
  })
}

const ignore =
  (kind: new (message: string) => Error) =>
  (error: unknown): void => {
    if (!(error instanceof kind)) throw error
  }
