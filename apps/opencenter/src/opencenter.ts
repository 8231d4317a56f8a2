import { randomInt } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import https from 'node:https'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { InstanceId } from '@mmcloud/domain'
import { createEngine, type Provider, wallClock } from '@mmcloud/engine'
import { LocalProvider, stopLocalCloud } from '@mmcloud/provider-local'
import { openSamples, openStore } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { Authenticator, type JobOfWorker } from './auth/authenticator.ts'
import { ensureFirstAdmin } from './auth/first-admin.ts'
import { ensureWorkerKey } from './auth/worker-key.ts'
import { checkMachine } from './check/index.ts'
import type { Config } from './config/config.ts'
import { rememberStart } from './config/last-start.ts'
import { settingsOf } from './config/settings.ts'
import { serveControlSocket, type StopResult } from './control-socket.ts'
import { GatewayProcess, gatewayPortsOf, stopGateway } from './gateway/gateway-process.ts'
import { openGuide } from './guide/open-guide.ts'
import type { HealthSource } from './http/api-deps.ts'
import { EventStreams } from './http/event-streams.ts'
import { guideRoutes } from './http/guide.ts'
import { pipIndexRoutes } from './http/pip-index.ts'
import { releaseRoutes } from './http/release.ts'
import { createHttpServer } from './http/server.ts'
import { BlobStore } from './images/blob-store.ts'
import { addFirstImages } from './images/first-images.ts'
import { ImageResolver } from './images/image-resolver.ts'
import { askedTogether, inspectWithSkopeo } from './images/inspect-registry.ts'
import { RegistryLogins } from './images/registry-logins.ts'
import { registryRoutes } from './images/registry.ts'
import { listenOn, refuseTaken } from './listen.ts'
import { logEvents } from './logs/log-events.ts'
import { LogMirror } from './logs/log-mirror.ts'
import { floatFilesIn } from './release/float-files.ts'
import { ownWheels } from './release/own-wheels.ts'
import { openVault } from './secrets/vault.ts'
import { ensureCertificate } from './tls/certificate.ts'
import { VERSION } from './version.ts'
import { WaveWatcher } from './wavewatcher/wavewatcher.ts'
import { isForWorkers } from './worker-link/for-workers.ts'
import { userDataScript } from './worker-link/user-data.ts'
import { buildWorkerBundles, type WorkerBundles } from './worker-link/worker-bundles.ts'
import { WorkerFleet } from './worker-link/worker-fleet.ts'
import { attachWorkerLink } from './worker-link/worker-link.ts'
import { createWorkerTokens } from './worker-link/worker-tokens.ts'

/** A person waits for what could be rented now. */
const PROVIDER_OFFERS_MS = 10_000
/** A worker asked how it or its job is has this long. */
const WORKER_HEALTH_MS = 5_000
const PROVIDER_HEALTH_MS = 10_000
const START_CLOUD_MS = 90_000
/** Saving every running job before the local cloud is stopped. */
const DRAIN_MS = 300_000

export type OpenCenter = {
  readonly address: string
  /** Only when it was made up at this start. */
  readonly adminPassword: string | undefined
  /** What the cloud lacks, or the secrets, and what that means for jobs; a sentence each. */
  readonly warnings: readonly string[]
  /** Resolves when it has stopped, by `stop` or on request of `opencenter stop`. */
  readonly stopped: Promise<void>
  /** Saves the jobs, unless by force, stops the local cloud, closes the records. */
  stop(force?: boolean): Promise<StopResult>
}

/**
 * Puts the whole OpCenter together and starts it. The caller holds the lock of the data directory. `onlyToStop` = it
 * stands in for one that has crashed: workers find it, people do not, and nothing new is begun before its `stop`.
 */
export const startOpenCenter = async (
  config: Config,
  log: Logger,
  purpose: 'serve' | 'onlyToStop' = 'serve',
): Promise<OpenCenter> => {
  const { dataDir, cacheDir } = config
  if (purpose === 'serve') {
    await refuseTaken(config.listen)
    await rememberStart(config)
  }
  const startedAt = Date.now()
  const store = openStore(join(dataDir, 'opencenter.db'))
  const vault = await openVault(join(dataDir, 'secret-key'), store.secrets)
  const blobs = new BlobStore(join(dataDir, 'library'))
  await addFirstImages(store.library, blobs, cacheDir)
  const logs = new LogMirror(join(dataDir, 'logs'))
  const samples = openSamples(join(dataDir, 'samples.db'), (error) =>
    log.error({ error }, 'the samples are in trouble'),
  )
  const watcher = new WaveWatcher({ samples, records: store.records, clock: wallClock, log })
  const streams = new EventStreams()

  // Whatever may be broken in the checkout is found before there is a cloud to stop.
  const bundles = await buildWorkerBundles()
  const wheels = ownWheels()
  const guide = openGuide()

  const imageStore = join(cacheDir, 'unpacked')
  await mkdir(imageStore, { recursive: true })
  const provider = new LocalProvider({
    dataDir,
    systemImage: join(cacheDir, 'system', 'current'),
    imageStore,
    ...config.local,
  })
  const workerHost = await provider.workerAddress(AbortSignal.timeout(START_CLOUD_MS))
  const gatewayPorts = config.gateway.ports ?? gatewayPortsOf(workerHost)
  const publicTls = await ensureCertificate(join(dataDir, 'tls'), [config.listen.host], { renew: false })
  // Workers are given the certificate by their user data; nobody has pinned it, so it follows the address.
  const workerTls = await ensureCertificate(join(dataDir, 'tls-worker'), [workerHost], { renew: true })

  const tokens = createWorkerTokens(await ensureWorkerKey(join(dataDir, 'worker-key')))
  const logins = new RegistryLogins(join(dataDir, 'registry-auth.json'))
  const fleet = new WorkerFleet(
    () => engine.nudge(),
    (source) => logins.authFor(source),
  )
  const engine = createEngine({
    records: logEvents(store.records, log),
    provider,
    fleet,
    usage: watcher,
    doors: new GatewayProcess({
      dataDir,
      host: config.listen.host,
      ports: gatewayPorts,
      address: workerHost,
    }),
    logs,
    clock: wallClock,
    random: (bound) => randomInt(bound),
    log,
    userData: (instanceId) =>
      userDataScript({
        openCenterUrl: urlOf(workerHost, config.workerPort),
        certificate: workerTls.cert,
        instanceId,
        joinToken: tokens.joinToken(instanceId),
        imageStore: '/var/lib/mmcloud/images',
        metadataUrl: 'http://169.254.169.254',
      }),
  })

  const jobOfWorker: JobOfWorker = async (instanceId, credential) => {
    if (!tokens.isCredential(instanceId, credential)) return undefined
    return store.records.read(async (view) => {
      const instance = await view.instance(instanceId as InstanceId)
      const job = instance && instance.state !== 'gone' ? await view.job(instance.jobId) : undefined
      return job && { job: job.id, owner: job.user }
    })
  }
  const health: HealthSource = {
    openCenter: async () => [
      ...(await checkMachine()),
      ...(await provider.health(AbortSignal.timeout(PROVIDER_HEALTH_MS))),
    ],
    worker: async (instance) =>
      (await fleet.ask(instance, 'health', {}, AbortSignal.timeout(WORKER_HEALTH_MS))).rows,
  }
  const app = await createHttpServer(
    {
      records: store.records,
      commands: engine.commands,
      gateways: store.gateways,
      groups: store.groups,
      gatewayCommands: engine.gateways,
      disks: engine.disks,
      gatewayHost: config.gateway.host,
      authenticator: new Authenticator(store, jobOfWorker),
      images: new ImageResolver(store.library, blobs, askedTogether(inspectWithSkopeo(logins))),
      registryLogins: logins,
      accounts: store.accounts,
      audit: store.audit,
      library: store.library,
      templates: store.templates,
      storages: store.storages,
      mountsNfs: () => provider.mountsNfs(),
      vault,
      logs,
      samples,
      watcher,
      streams,
      log,
      prices: {
        onDemandPerHour: async () => {
          const types = await provider.catalogue()
          return new Map(types.map(({ name, onDemandPerHour }) => [name, onDemandPerHour]))
        },
        offers: () => provider.offers(AbortSignal.timeout(PROVIDER_OFFERS_MS)),
        volumePricePerGBMonth: provider.volumePricePerGBMonth,
      },
      health,
      inspect: (instance) => fleet.ask(instance, 'inspectJob', {}, AbortSignal.timeout(WORKER_HEALTH_MS)),
      version: VERSION,
      settings: settingsOf(config, gatewayPorts),
      startedAt,
      now: () => wallClock.now(),
    },
    {
      tls: publicTls,
      log,
      more: (server) => {
        const verifyWorker = async (instanceId: string, credential: string): Promise<boolean> =>
          (await jobOfWorker(instanceId, credential)) !== undefined
        registryRoutes(server, { blobs, library: store.library, verifyWorker })
        workerFileRoutes(server, bundles)
        releaseRoutes(server, floatFilesIn(join(dataDir, 'float')))
        pipIndexRoutes(server, wheels)
        guideRoutes(server, guide)
      },
    },
  )
  // The address of the local cloud shows only what workers need, whatever else the instances' programs may try.
  const workerServer = https.createServer(workerTls, (request, response) => {
    if (isForWorkers(request)) app.routing(request, response)
    else response.writeHead(404).end()
  })
  const link = attachWorkerLink(
    { fleet, tokens, records: store.records, logs, samples: watcher, log },
    app.server,
    workerServer,
  )

  await listenOn(workerServer, { host: workerHost, port: config.workerPort })
  if (purpose === 'serve') await listenOn(app.server, config.listen)
  engine.start({ draining: purpose === 'onlyToStop' })
  const address = urlOf(config.listen.host, config.listen.port)

  const over = Promise.withResolvers<void>()
  const forced = new AbortController()
  const saveJobs = (): Promise<void> =>
    engine.drain(AbortSignal.any([AbortSignal.timeout(DRAIN_MS), forced.signal])).catch((error: unknown) => {
      if (!forced.signal.aborted) throw error
      log.warn({ err: error }, 'stopping by force')
    })
  /** From here on there is only an end, whatever fails: what is left of the local cloud is for the next stop or start. */
  const endAll = async (): Promise<StopResult> => {
    link.close()
    workerServer.close()
    workerServer.closeAllConnections()
    try {
      streams.close()
      await app.close()
      await engine.stop()
      await stopGateway(dataDir)
      await stopLocalCloud(dataDir)
      log.info({}, 'the OpCenter has stopped')
      return { stopped: true }
    } catch (error) {
      log.error({ err: error }, 'the OpCenter has stopped, and could not stop its local cloud')
      return { stopped: true, error: reasonOf(error) }
    } finally {
      watcher.close()
      await samples.close()
      await store.records.close()
      over.resolve()
    }
  }
  let stopping: Promise<StopResult> | undefined
  const stop = (force = false): Promise<StopResult> => {
    if (force) forced.abort()
    stopping ??= (forced.signal.aborted ? Promise.resolve() : saveJobs()).then(endAll, (error: unknown) => {
      stopping = undefined
      log.error({ err: error }, 'the OpCenter could not save its jobs; it goes on')
      return { stopped: false, error: reasonOf(error) }
    })
    return stopping
  }
  const state = async () => {
    const jobs = await store.records.read((view) => view.jobCounts())
    return { pid: process.pid, address, version: VERSION, fingerprint: publicTls.fingerprint, jobs }
  }
  const control = await serveControlSocket(dataDir, { state, stop })
  const stopped = over.promise.then(() => control.close())
  // Last: a password that is made up here must not be lost with a start that fails.
  const adminPassword =
    purpose === 'serve' ? await ensureFirstAdmin(store.accounts, config.adminPassword) : undefined
  const warnings = [...(vault.trouble === undefined ? [] : [vault.trouble]), ...(await warningsOf(provider))]
  for (const warning of warnings) log.warn(warning)
  log.info({ address, fingerprint: publicTls.fingerprint, version: VERSION }, 'the OpCenter is ready')
  return { address, adminPassword, warnings, stopped, stop }
}

/** None when the cloud does not say: `float check` asks again. */
const warningsOf = async (provider: Provider): Promise<string[]> => {
  const rows = await provider.health(AbortSignal.timeout(PROVIDER_HEALTH_MS)).catch(() => [])
  return rows
    .filter(({ status }) => status !== 'ok')
    .map(({ name, found, fix }) => `${name}: ${found}${fix ? `; to mend it, ${fix}` : ''}`)
}

/** The programs an instance fetches at boot. They are no secret. */
const workerFileRoutes = (app: FastifyInstance, bundles: WorkerBundles): void => {
  for (const [name, content] of bundles) {
    app.get(`/worker/${name}`, { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/javascript').send(content),
    )
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const urlOf = (host: string, port: number): string =>
  `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
