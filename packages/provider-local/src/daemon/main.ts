import { mkdir, readFile, rm } from 'node:fs/promises'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { pino } from 'pino'
import { localCloudConfigSchema } from '../config.ts'
import type { Handlers } from '../control/protocol.ts'
import { offersAt } from '../market/offers.ts'
import { openCgroups } from './cgroup/cgroups.ts'
import type { CloudContext } from './cloud-context.ts'
import { openState, replaceFile } from './cloud-state.ts'
import { controlServer } from './control-server.ts'
import { diskTemplate } from './disk-template.ts'
import { cloudHealth } from './health.ts'
import { makeInstances } from './instances.ts'
import { startInterruptions } from './interruptions.ts'
import { keyedLock } from './keyed-lock.ts'
import { thisMachine } from './machine.ts'
import { enterMachine, leaveMachine } from './machine-registry.ts'
import { metadataServer } from './metadata-server.ts'
import { cloudName } from './names.ts'
import { inHost, makeNetwork, METADATA_ADDRESS } from './network.ts'
import { makeSecurityGroups, openingsOf } from './security-groups.ts'
import { endSwap, useSwap } from './swap.ts'
import { makeVolumes } from './volumes.ts'

/**
 * The daemon of one local cloud: `main.ts <cloud directory>`, started in the cloud's network namespace with the
 * host's as descriptor 3 and a lock held for as long as it lives. Killed at any moment and started again it finds its
 * sandboxes, network, notices and deadlines as they were.
 */
const main = async (cloudDir: string): Promise<void> => {
  // The address of a unix socket is short, a path may be long: ours is relative.
  process.chdir(cloudDir)
  const cloud = await openCloud(cloudDir)
  const volumes = makeVolumes(cloud)
  const groups = makeSecurityGroups(cloud)
  const clockwork = startInterruptions(cloud, () => instances)
  const instances = makeInstances(cloud, (id) => volumes.freeAllOf(id), clockwork.nudge)
  await diskTemplate(cloud)
  await instances.adopt()
  await volumes.sweep()

  const metadata = metadataServer(
    (address) => [...cloud.state.instances.values()].find((each) => each.address === address),
    cloud.state.file.tokenKey,
  )
  await listen(metadata, { host: METADATA_ADDRESS, port: 80 })

  let stopping: Promise<void> | undefined
  /** Every step may have been done before: one that failed late is tried again as a whole. */
  const stop = async (): Promise<void> => {
    cloud.log.info('stopping')
    await clockwork.stop()
    await Promise.all([...cloud.state.instances.keys()].map((id) => instances.end(id, 'the cloud stops')))
    await cloud.cgroups.close()
    await endSwap(cloudDir)
    await rm(join(cloudDir, 'instances'), { recursive: true, force: true })
    await leaveMachine(cloud.name, inHost)
    // The network last: as long as it is there, whoever finds us dead knows that something is left.
    await cloud.network.remove()
    await rm(join(cloudDir, 'control.sock'), { force: true })
    cloud.log.info('stopped')
    // The answer goes out first.
    setImmediate(() => control.close(() => process.exit(0)))
  }

  const handlers: Handlers = {
    status: async () => ({ pid: process.pid, name: cloud.name, workerAddress: cloud.network.hostAddress }),
    configure: async (config) => {
      cloud.config = config
      await replaceFile(join(cloudDir, 'config.json'), JSON.stringify(config))
      return {}
    },
    setCapacity: async (capacity) => handlers.configure({ ...cloud.config, capacity }),
    offers: async () =>
      offersAt(cloud.config, cloud.machine, [...cloud.state.instances.values()], Date.now()),
    launch: async (request) => {
      if (stopping) throw new Error('it is being stopped')
      return instances.launch(request)
    },
    terminate: ({ id }) => instances.terminate(id).then(nothing),
    list: async () => instances.list(),
    reclaim: ({ id, noticeSeconds }) => instances.reclaim(id, noticeSeconds).then(nothing),
    createVolume: (request) => volumes.create(request).then(nothing),
    attachVolume: ({ volume, instance }) => volumes.attach(volume, instance),
    detachVolume: ({ volume }) => volumes.detach(volume).then(nothing),
    deleteVolume: ({ volume }) => volumes.delete(volume).then(nothing),
    listVolumes: async () => volumes.list(),
    putSecurityGroup: (group) => groups.put(group).then(nothing),
    deleteSecurityGroup: ({ owner }) => groups.delete(owner).then(nothing),
    listSecurityGroups: async () => groups.list(),
    health: () => cloudHealth(cloud),
    stop: async () => {
      // One that failed is tried again when asked again.
      stopping ??= stop().finally(() => (stopping = undefined))
      return stopping.then(nothing)
    },
  }
  const control = controlServer(handlers, (error, method) =>
    cloud.log.error({ err: error, method }, 'a request failed'),
  )
  await rm('control.sock', { force: true })
  process.umask(0o077)
  await listen(control, { path: 'control.sock' })
  clockwork.nudge()
  cloud.log.info({ instances: cloud.state.instances.size, address: cloud.network.hostAddress }, 'ready')
}

const openCloud = async (cloudDir: string): Promise<CloudContext> => {
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const config = localCloudConfigSchema.parse(JSON.parse(await readFile('config.json', 'utf8')))
  const state = await openState(cloudDir)
  const name = cloudName(cloudDir)
  const { subnet } = await enterMachine(name, cloudDir, state.file.subnet, inHost, log)
  state.file.subnet = subnet
  await state.save()
  const network = makeNetwork(name, subnet)
  await network.ensure(openingsOf(state))
  await mkdir(join(cloudDir, 'instances'), { recursive: true, mode: 0o700 })
  await mkdir(config.imageStore, { recursive: true })
  const swap = await useSwap(cloudDir, config.swapGB)
  const [cgroups, machine, lock] = [openCgroups(name), thisMachine(), keyedLock()]
  return { cloudDir, name, config, log, machine, state, network, cgroups, swap, lock }
}

const listen = async (
  server: Server,
  at: { host: string; port: number } | { path: string },
): Promise<void> => {
  server.listen(at)
  await once(server, 'listening')
}

const nothing = (): Record<string, never> => ({})

const [cloudDir] = process.argv.slice(2)
if (cloudDir === undefined) throw new Error('usage: main.ts <cloud directory>')
await main(cloudDir)
