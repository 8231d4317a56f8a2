/** The worker: one per instance. Composes link, runner, log shipping, metrics and the watch for interruptions. */
import { mkdirSync, readFileSync } from 'node:fs'
import { type WorkerReport, workerConfigSchema } from '@mmcloud/contract'
import { criuIsDirect } from './checkpoint/criu-features.ts'
import { prepareCgroups } from './container/cgroup.ts'
import { setPipeLimit } from './health/pipe-limit.ts'
import { watchInterruptions } from './interruption/watcher.ts'
import { forwardTo } from './job-api/forward.ts'
import { serveJobApi } from './job-api/serve-job-api.ts'
import { answering, carryOut } from './link/answer-request.ts'
import { loadCredential } from './link/credential.ts'
import { OpenCenterLink } from './link/open-center-link.ts'
import { LogShipper } from './logs/log-shipper.ts'
import { boundLog } from './logs/own-log.ts'
import { JobMetrics } from './metrics/job-metrics.ts'
import { JobRunner } from './runner/job-runner.ts'
import { secretFrom } from './secrets/fetch-secret.ts'
import { places } from './system/places.ts'

const REPORT_MS = 1000
const SAMPLE_MS = 1000
const SHIP_MS = 200
const BOUND_LOG_MS = 30_000

const config = workerConfigSchema.parse(JSON.parse(readFileSync(places.config, 'utf8')))
mkdirSync(places.runtime, { recursive: true, mode: 0o700 })
prepareCgroups()
// So that no restore has to wait for the answer.
void criuIsDirect()
setPipeLimit()

const log = (message: string): void => console.log(`${new Date().toISOString()} ${message}`)
let interruptionAt: number | undefined

/** A disk that is full or a file that is gone for a moment is no reason to leave the job alone: it is tried again. */
const attempt = (what: () => void): void => {
  try {
    what()
  } catch (error) {
    log(String(error))
  }
}
const every = (ms: number, what: () => void): void => {
  setInterval(() => attempt(what), ms)
}

const report = (): void => {
  const job = runner.report(shipper.done)
  const { saveBy } = runner.interruption
  const message: WorkerReport = {
    type: 'report',
    at: Date.now(),
    ...(job ? { job } : {}),
    ...(interruptionAt === undefined ? {} : { interruptionAt }),
    ...(saveBy === undefined ? {} : { saveBy }),
  }
  link.send(message)
}

const access = {
  openCenterUrl: config.openCenterUrl,
  certificate: config.certificate,
  instanceId: config.instanceId,
  credential: loadCredential,
}
const forward = forwardTo(access)
const runner = new JobRunner({
  images: { store: config.imageStore, ...access },
  fetchSecret: secretFrom(forward),
  changed: () => {
    metrics.phaseChanged()
    report()
  },
  log,
})
const metrics = new JobMetrics({ runner: () => runner, send: (samples) => link.send(samples), log })
const shipper = new LogShipper(
  () => runner.logs,
  (file) => runner.truncationShipped(file),
)
const answer = answering((request) => carryOut(runner, request))
const link = new OpenCenterLink(config, {
  connected: (logs) => {
    shipper.connected(logs)
    metrics.connected()
    report()
  },
  disconnected: () => {
    shipper.disconnected()
    metrics.disconnected()
  },
  log,
  received: (message) => {
    if (message.type === 'samplesAck') return metrics.acknowledged(message.batch)
    if (message.type === 'logAck') {
      attempt(() => {
        shipper.acknowledged(message.file, message.size)
        shipper.ship((chunk) => link.send(chunk))
      })
      return
    }
    log(`asked for ${message.method}`)
    void answer(message).then((response) => {
      if (response.error) log(`${message.method}: ${response.error.message}`)
      link.send(response)
      report()
    })
  },
})

// A job runs without it; only what its program asks for itself is then not heard.
serveJobApi({ jobId: () => runner.jobId, forward, log }).catch((error: unknown) =>
  log(`the job has no way to the OpCenter: ${String(error)}`),
)
await runner.adopt()
link.dial()
every(REPORT_MS, report)
every(SAMPLE_MS, () => metrics.tick())
every(SHIP_MS, () => shipper.ship((chunk) => link.send(chunk)))
every(BOUND_LOG_MS, boundLog)
void watchInterruptions(
  config.metadataUrl,
  (at) => {
    log(`this instance will be taken at ${new Date(at).toISOString()}`)
    interruptionAt = at
    runner.interruption.known(at, link.up)
    report()
  },
  new AbortController().signal,
)
