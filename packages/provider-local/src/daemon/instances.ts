import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { InstanceId } from '@mmcloud/domain'
import {
  type CloudInstance,
  InstanceNotFoundError,
  InsufficientCapacityError,
  type LaunchedInstance,
  type LaunchRequest,
} from '@mmcloud/engine'
import { CATALOGUE } from '../market/catalogue.ts'
import { lackOf, priceAt } from '../market/offers.ts'
import { lifetimeMs } from '../market/spot-market.ts'
import type { CloudContext } from './cloud-context.ts'
import type { InstanceRecord } from './cloud-state.ts'
import { command } from './command.ts'
import { bindLoop, loopsBelow, releaseLoop } from './loop.ts'
import { bootSandbox, consoleTail, isAlive } from './sandbox.ts'
import { filter } from './security-groups.ts'
import { diskTemplate } from './disk-template.ts'

export type Instances = ReturnType<typeof makeInstances>

/** Instances from launch to gone. `freeVolumes` gives up what an instance that has ended was attached to. */
export const makeInstances = (
  cloud: CloudContext,
  freeVolumes: (id: InstanceId) => Promise<void>,
  onChange: () => void,
) => {
  const { state, network, cgroups, log, lock } = cloud
  const directoryOf = (id: InstanceId): string => join(cloud.cloudDir, 'instances', id)

  const launch = (request: LaunchRequest): Promise<LaunchedInstance> =>
    lock(request.id, async () => {
      const earlier = state.instances.get(request.id)
      if (earlier) return answerOf(earlier)
      const gone = state.gone.get(request.id)
      if (gone) return gone
      const began = performance.now()
      const record = admit(cloud, request)
      // Written down before anything is made, so that a crash leaves a name to sweep by.
      state.instances.set(request.id, record)
      try {
        await state.save()
        // Before it has the address: what was open for an earlier owner of it is closed.
        await filter(cloud)
        await boot(record, request.userData)
        await state.save()
      } catch (error) {
        log.error({ err: error, instance: record.id }, 'an instance did not come up')
        await dismantle(record)
        state.instances.delete(record.id)
        await state.save()
        throw error
      }
      const ms = Math.round(performance.now() - began)
      log.info({ instance: record.id, type: record.instanceType, market: record.market, ms }, 'launched')
      onChange()
      return answerOf(record)
    })

  const boot = async (record: InstanceRecord, userData: string): Promise<void> => {
    const { id, address } = record
    const directory = directoryOf(id)
    const image = diskFileOf(cloud.cloudDir, id)
    await command('cp', ['--sparse=always', '--reflink=auto', await diskTemplate(cloud), image])
    const [disk, entrance] = await bothOver(
      bindLoop(image),
      cgroups.create(id, {
        cpu: record.cpu,
        memoryBytes: Math.round(record.memGB * 2 ** 30),
        swapBytes: cloud.swap.bytes,
      }),
    )
    record.process = await bootSandbox({
      directory,
      hostname: `ip-${address.replaceAll('.', '-')}`,
      systemImage: cloud.config.systemImage,
      imageStore: cloud.config.imageStore,
      disk,
      entrance,
      networkCommands: network.insideCommands(address),
      address,
      userData,
      plug: (pid) => network.plug(address, pid),
      onExit: () => void endSoon(id, 'its first process ended'),
    })
  }

  const ending = new Map<InstanceId, Promise<void>>()

  /** Kills it at once, then takes down what is left of it and forgets it. Asked again meanwhile, it is the same end. */
  const end = (id: InstanceId, why: string): Promise<void> => {
    const already = ending.get(id)
    if (already) return already
    const ended = killAndForget(id, why).finally(() => ending.delete(id))
    ending.set(id, ended)
    return ended
  }

  const killAndForget = async (id: InstanceId, why: string): Promise<void> => {
    // Before the lock: a reclaim does not wait for an attach that is under way.
    await cgroups.kill(id)
    await lock(id, async () => {
      const record = state.instances.get(id)
      if (!record) return
      record.state = 'terminating'
      await state.save()
      log.info({ instance: id, why, console: await consoleTail(directoryOf(id)) }, 'ending an instance')
      await dismantle(record)
      state.instances.delete(id)
      state.gone.set(id, answerOf(record))
      await state.save()
      onChange()
    })
  }

  /** For those nobody waits for: a failure is logged, and tried again when the dead are next looked for. */
  const endSoon = (id: InstanceId, why: string): Promise<void> =>
    end(id, why).catch((error: unknown) =>
      log.error({ err: error, instance: id }, 'an instance could not be ended'),
    )

  const dismantle = async ({ id, address }: Pick<InstanceRecord, 'id' | 'address'>): Promise<void> => {
    await cgroups.kill(id)
    await freeVolumes(id)
    await remove(id)
    await network.unplug(address)
  }

  const remove = async (id: InstanceId): Promise<void> => {
    const image = diskFileOf(cloud.cloudDir, id)
    for (const { device, file } of await loopsBelow(cloud.cloudDir))
      if (file === image) await releaseLoop(device, file)
    await rm(image, { force: true })
    await rm(directoryOf(id), { recursive: true, force: true })
    await cgroups.remove(id)
  }

  return {
    launch,
    end,
    endSoon,

    async terminate(id: InstanceId): Promise<void> {
      find(cloud, id)
      await end(id, 'asked to')
    },

    list: (): CloudInstance[] =>
      [...state.instances.values()].map((record) => ({
        id: record.id,
        owner: record.owner,
        state: record.state,
        instanceType: record.instanceType,
        market: record.market,
        ...answerOf(record),
        ...(record.interruptionAt !== undefined && { interruptionAt: record.interruptionAt }),
      })),

    /** Announces that it will be taken; an earlier announcement stands. */
    async reclaim(id: InstanceId, noticeSeconds: number): Promise<void> {
      const record = find(cloud, id)
      const at = Math.min(record.interruptionAt ?? Infinity, Date.now() + noticeSeconds * 1000)
      record.interruptionAt = at
      delete record.noticeAt
      await state.save()
      log.info({ instance: id, at: new Date(at).toISOString() }, 'reclaim announced')
      onChange()
    },

    /** Ends those that have died: of sandboxes taken over from an earlier daemon nobody else tells. */
    async endDead(): Promise<{ readonly ended: Promise<unknown> }> {
      const endings: Promise<void>[] = []
      // One without a process is being launched, under its lock.
      for (const record of state.instances.values())
        if (record.state === 'terminating' || (record.process && !(await isAlive(record.process))))
          endings.push(endSoon(record.id, 'its first process is gone'))
      return { ended: Promise.all(endings) }
    },

    /** At the start: keeps what lives, ends what does not, removes what a crash has left without a record. */
    async adopt(): Promise<void> {
      for (const record of state.instances.values())
        if (!record.process) await endSoon(record.id, 'its launch was cut off')
      await (await this.endDead()).ended
      const known = (id: string): boolean => [...state.instances.keys()].some((each) => each === id)
      const left = await readdir(join(cloud.cloudDir, 'instances'))
      const strays = new Set([...left, ...(await cgroups.list())].map((name) => name.replace(/\.disk$/, '')))
      for (const id of strays) {
        if (known(id)) continue
        await cgroups.kill(id)
        await remove(id as InstanceId)
      }
    },
  }
}

/** Throws for what is not there. */
export const find = (cloud: CloudContext, id: InstanceId): InstanceRecord => {
  const record = cloud.state.instances.get(id)
  if (!record) throw new InstanceNotFoundError(`there is no instance ${id} in this local cloud`)
  return record
}

/** Both results, or the failure of one when the other is over too: what it still makes would be left behind. */
const bothOver = async <A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> => {
  await Promise.allSettled([a, b])
  return Promise.all([a, b])
}

const diskFileOf = (cloudDir: string, id: InstanceId): string => join(cloudDir, 'instances', `${id}.disk`)

const answerOf = ({ id, address, pricePerHour }: InstanceRecord): LaunchedInstance => ({
  cloudId: id,
  address,
  pricePerHour,
})

/** The record of an instance there is room for; nothing is awaited, so that two cannot be given the same room. */
const admit = ({ config, state, machine, network }: CloudContext, request: LaunchRequest): InstanceRecord => {
  const { id, owner, instanceType, market, maxPricePerHour } = request
  const now = Date.now()
  const running = [...state.instances.values()]
  const type = CATALOGUE.find(({ name }) => name === instanceType)
  if (!type) throw new InsufficientCapacityError(`this local cloud has no type ${instanceType}`)
  const lack = lackOf(config, machine, running, type, market)
  if (lack) throw new InsufficientCapacityError(lack)
  const pricePerHour = priceAt(config, type, market, now)
  if (pricePerHour > maxPricePerHour)
    throw new InsufficientCapacityError(
      `${instanceType} (${market}) costs ${pricePerHour} USD an hour, the limit is ${maxPricePerHour}`,
    )
  const address = network.freeAddress(new Set(running.map((each) => each.address)))
  if (address === undefined) throw new InsufficientCapacityError('every address of the subnet is taken')
  const mean = market === 'spot' ? config.meanTimeToReclaimSeconds : undefined
  return {
    id,
    owner,
    instanceType,
    market,
    cpu: type.cpu,
    memGB: type.memGB,
    pricePerHour,
    address,
    state: 'running',
    launchedAt: now,
    ...(mean !== undefined && { noticeAt: now + lifetimeMs(config.seed, id, mean) }),
  }
}
