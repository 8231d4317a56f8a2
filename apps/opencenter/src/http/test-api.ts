import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DEFAULT_MIGRATE_POLICY,
  type InstanceId,
  type Job,
  type JobId,
  notFound,
  type Offer,
  type Role,
  type Sample,
} from '@mmcloud/domain'
import { createDiskCommands, type JobCommands } from '@mmcloud/engine'
import { openSamples, openStore } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { Authenticator } from '../auth/authenticator.ts'
import { ensureFirstAdmin } from '../auth/first-admin.ts'
import { hashPassword } from '../auth/passwords.ts'
import { BlobStore } from '../images/blob-store.ts'
import { ImageResolver } from '../images/image-resolver.ts'
import { RegistryLogins } from '../images/registry-logins.ts'
import { registryRoutes } from '../images/registry.ts'
import { LogMirror } from '../logs/log-mirror.ts'
import { openVault } from '../secrets/vault.ts'
import { type EventStreamLimits, EventStreams } from './event-streams.ts'
import { createHttpServer, type HttpServerOptions } from './server.ts'

const anOffer = (
  instanceType: string,
  memGB: number,
  market: Offer['market'],
  pricePerHour: number,
): Offer => ({
  provider: 'local',
  instanceType,
  cpu: 2,
  memGB,
  market,
  pricePerHour,
  cpuFeatures: [],
})
const OFFERS = [
  anOffer('t3.micro', 1, 'spot', 0.003),
  anOffer('t3.micro', 1, 'onDemand', 0.0104),
  anOffer('t3.medium', 4, 'spot', 0.0125),
]

const DISK = { mountPoint: '/', bytes: 4, usedBytes: 1, freeBytes: 3 }
const DIGEST = `sha256:${'a'.repeat(64)}`

/** The whole HTTP side over records in memory, with an engine that only writes down what it is asked. */
export const openTestApi = async (
  limits: Partial<EventStreamLimits> = {},
  server: HttpServerOptions = {},
) => {
  const dir = mkdtempSync(join(tmpdir(), 'mmcloud-http-'))
  const store = openStore(':memory:')
  const { records, accounts, audit, library, secrets, storages, templates, gateways, groups } = store
  await ensureFirstAdmin(accounts, 'right')
  await library.put({
    name: 'python',
    tag: 'latest',
    uri: '',
    digest: DIGEST,
    bytes: 1,
    description: 'Python',
    port: 0,
  })
  const asked: unknown[][] = []
  const blobs = new BlobStore(join(dir, 'library'))
  const logs = new LogMirror(join(dir, 'logs'))
  const watchers = new Set<(samples: readonly Sample[]) => void>()
  const newest = new Map<JobId, Sample>()
  /** Which job a worker may speak for, by `INSTANCE:CREDENTIAL`. */
  const workers = new Map<string, { readonly job: JobId; readonly owner: string }>()
  const streams = new EventStreams(limits)
  const samples = openSamples(join(dir, 'samples.db'), () => undefined)
  const time = { now: Date.parse('2026-11-23T05:30:00Z') }

  const known = async (...call: unknown[]): Promise<Job> => {
    asked.push(call)
    const job = await records.read((view) => view.job(call[1] as JobId))
    if (!job) throw notFound(`job ${String(call[1])}`)
    return job
  }
  const commands: JobCommands = {
    submit: async (spec, user, once) => {
      asked.push(['submit', user, once])
      const job = aJob(once?.id ?? 'j'.repeat(21), {
        spec,
        user,
        submittedAt: time.now,
        updatedAt: time.now,
      })
      await records.write((tx) => tx.insertJob(job))
      return job
    },
    submitted: ({ id }) => records.read((view) => view.job(id)),
    cancel: (...args) => known('cancel', ...args),
    suspend: (...args) => known('suspend', ...args),
    resume: (...args) => known('resume', ...args),
    migrate: (...args) => known('migrate', ...args),
    snapshot: (...args) => known('snapshot', ...args),
    rerun: (...args) => known('rerun', ...args),
    modify: (...args) => known('modify', ...args),
    drill: (...args) => known('drill', ...args),
  }
  const app = await createHttpServer(
    {
      records,
      commands,
      gateways,
      groups,
      gatewayCommands: {
        connect: (...args) => known('connect', ...args),
        disconnect: (...args) => known('disconnect', ...args),
      },
      disks: createDiskCommands({
        records,
        random: (bound) => randomInt(bound),
        clock: { now: () => time.now },
      }),
      gatewayHost: '127.0.0.1',
      authenticator: new Authenticator(
        store,
        async (instance, credential) => workers.get(`${instance}:${credential}`),
        () => time.now,
      ),
      images: new ImageResolver(library, blobs, async (source) => {
        if (source.includes('nowhere')) throw new Error('manifest unknown')
        return DIGEST
      }),
      registryLogins: new RegistryLogins(join(dir, 'registry-auth.json')),
      accounts,
      audit,
      library,
      templates,
      storages,
      mountsNfs: async () => false,
      vault: await openVault(join(dir, 'secret-key'), secrets),
      logs,
      inspect: async (instance) => {
        if (instance !== ('i-1' as InstanceId)) throw new Error('silent')
        return { processes: [], disks: [DISK] }
      },
      health: { openCenter: async () => [], worker: async () => Promise.reject(new Error('silent')) },
      samples,
      watcher: {
        watch: (_job, watcher) => {
          watchers.add(watcher)
          return () => watchers.delete(watcher)
        },
        sizeHint: async () => undefined,
        newest: () => [...newest].map(([job, sample]) => ({ job, sample })),
        get taken() {
          return newest.size
        },
      },
      streams,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      prices: {
        onDemandPerHour: async () => new Map([['t3.micro', 0.0104]]),
        offers: async () => OFFERS,
        volumePricePerGBMonth: 0.08,
      },
      version: '1.2.3',
      settings: [],
      startedAt: time.now,
      now: () => time.now,
    },
    {
      ...server,
      more: (web) =>
        registryRoutes(web, {
          blobs,
          library,
          verifyWorker: (id, secret) => id === 'i-1' && secret === 's',
        }),
    },
  )
  onTestFinished(async () => {
    streams.close()
    await app.close()
    await records.close()
    await samples.close()
    rmSync(dir, { recursive: true })
  })
  const measured = (job: JobId, fresh: readonly Sample[]): void => {
    for (const sample of fresh) newest.set(job, sample)
    for (const watcher of watchers) watcher(fresh)
  }
  /** How many watch live. */
  const streaming = (): number => watchers.size
  const addUser = async (name: string, password: string, role: Role = 'user'): Promise<void> =>
    void (await accounts.addUser({ name, role, passwordHash: await hashPassword(password) }))
  return {
    app,
    streams,
    streaming,
    workers,
    addUser,
    samples,
    measured,
    records,
    library,
    blobs,
    logs,
    asked,
    time,
    dir,
    call: caller(app),
  }
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

const caller =
  (app: FastifyInstance) =>
  async (
    method: Method,
    url: string,
    payload?: object,
    authorization = basic('admin', 'right'),
    more: Readonly<Record<string, string>> = {},
  ) => {
    const response = await app.inject({
      method,
      url,
      headers: { authorization, ...more },
      ...(payload === undefined ? {} : { payload }),
    })
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.json<Record<string, unknown>>(),
    }
  }

/** A job of `admin` that was just submitted. */
export const aJob = (id: string, changes: Partial<Job> = {}): Job => ({
  id: id as JobId,
  user: 'admin',
  spec: {
    name: 'a',
    image: { name: 'python', source: 'library:python', digest: DIGEST },
    env: {},
    cpu: { min: 1 },
    memGB: { min: 1 },
    vmPolicy: { policy: 'spotFirst', retryLimit: 3, retryIntervalSeconds: 600 },
    migratePolicy: DEFAULT_MIGRATE_POLICY,
    publish: [],
    dataDisks: [],
    customTags: {},
    rerunAllowed: true,
    inputArgs: '--image python',
  },
  status: 'Submitted',
  wanted: 'running',
  wantedBy: 'admin',
  attempt: 1,
  residence: { kind: 'nowhere' },
  volumes: [],
  placementTries: 0,
  submittedAt: 0,
  updatedAt: 0,
  executedMs: 0,
  costUsd: 0,
  version: 1,
  ...changes,
})
