/** A process of its own, so that its CPU can be told from the senders': what an OpCenter does with samples, and no more. */
import { randomBytes } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Instance, InstanceId, JobId } from '@mmcloud/domain'
import { wallClock } from '@mmcloud/engine'
import { createMemoryRecords } from '@mmcloud/engine/ports/records/memory-records'
import { ensureCertificate } from '@mmcloud/opencenter/tls/certificate'
import { WaveWatcher } from '@mmcloud/opencenter/wavewatcher/wavewatcher'
import { WorkerFleet } from '@mmcloud/opencenter/worker-link/worker-fleet'
import { attachWorkerLink } from '@mmcloud/opencenter/worker-link/worker-link'
import { createWorkerTokens } from '@mmcloud/opencenter/worker-link/worker-tokens'
import { openSamples } from '@mmcloud/store'

/** What the process says first; then `process.cpuUsage()` at every message. */
export type Ready = {
  readonly port: number
  readonly certificate: string
  readonly workers: readonly {
    readonly instance: string
    readonly job: string
    readonly credential: string
  }[]
}

const [folder = '', count = ''] = process.argv.slice(2)
const fail = (error: unknown): never => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
}
const log = { info: () => undefined, warn: (fields: object) => fail(JSON.stringify(fields)), error: fail }

const instances = Array.from(
  { length: Number(count) },
  (_, n): Instance => ({
    id: `i-${n}` as InstanceId,
    jobId: `job-${n}` as JobId,
    offer: {
      provider: 'local',
      instanceType: 'c5.xlarge',
      cpu: 4,
      memGB: 16,
      market: 'spot',
      pricePerHour: 0.06,
      cpuFeatures: [],
    },
    state: 'ready',
    requestedAt: Date.now(),
    joinedAt: Date.now(),
    version: 1,
  }),
)
const records = createMemoryRecords()
await records.write(async (tx) => {
  for (const instance of instances) await tx.insertInstance(instance)
})
const tokens = createWorkerTokens(randomBytes(32))
const samples = openSamples(join(folder, 'samples.db'), fail)
const certificate = await ensureCertificate(join(folder, 'tls'), ['127.0.0.1'], { renew: false })
const server = https.createServer(certificate)
attachWorkerLink(
  {
    fleet: new WorkerFleet(() => undefined),
    tokens,
    records,
    logs: { append: async () => 0, sizes: async () => ({}) },
    samples: new WaveWatcher({ samples, records, clock: wallClock, log }),
    log,
  },
  server,
)
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => void samples.close().finally(() => process.exit(0)))
server.listen(0, '127.0.0.1', () => {
  const ready: Ready = {
    port: (server.address() as AddressInfo).port,
    certificate: certificate.cert,
    workers: instances.map(({ id, jobId }) => ({
      instance: id,
      job: jobId,
      credential: tokens.credential(id),
    })),
  }
  process.send?.(ready)
})
