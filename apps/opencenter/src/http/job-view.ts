import {
  formatCost,
  formatDuration,
  formatGatewayReached,
  formatReached,
  formatTime,
  type Filterable,
  type JobSummary,
  type JobView,
} from '@mmcloud/contract'
import {
  type DimensionPolicy,
  hasEnded,
  type Instance,
  type InstanceId,
  instanceCost,
  type Job,
  jobCategory,
  type JobStatus,
  sizeSentence,
  type Volume,
  volumeCost,
} from '@mmcloud/domain'
import type { JobIndexEntry } from '@mmcloud/engine'

const HOUR_MS = 3_600_000

/** A job with what is needed to show it. `instances` and `volumes`: of this job, in the order they were made; the live ones at least. */
export type JobFacts = {
  readonly job: Job
  readonly instances: readonly Instance[]
  readonly volumes: readonly Volume[]
  readonly volumePricePerGBMonth: number
  readonly checkpoints: number
  readonly gatewayHost: string
  readonly now: number
}

/** A job as people and clients see it: every number is computed here, none is stored. */
export const jobView = (facts: JobFacts): JobView => {
  const { job, now } = facts
  const { spec } = job
  const host = hostOfJob(job, facts.instances)
  const started = job.startedAt
  return {
    ...jobSummary(facts),
    category: jobCategory(job.status),
    ...(started === undefined ? {} : { startTime: formatTime(started) }),
    ...(job.endedAt === undefined ? {} : { endTime: formatTime(job.endedAt) }),
    lastUpdate: formatTime(job.updatedAt),
    queueTime: between(job.submittedAt, started ?? job.endedAt ?? now),
    execTime: formatDuration(executedMs(job, now) / 1000),
    ...(job.exitCode === undefined ? {} : { rc: String(job.exitCode) }),
    coreHours: rounded(facts.instances.reduce((sum, instance) => sum + coreHours(instance, now), 0)),
    instanceType: host?.offer.instanceType ?? spec.instanceType ?? '',
    cpu: spec.cpu.min,
    memGB: spec.memGB.min,
    ...(spec.cpu.max === undefined ? {} : { cpuMax: spec.cpu.max }),
    ...(spec.memGB.max === undefined ? {} : { memGBMax: spec.memGB.max }),
    attempt: job.attempt,
    checkpoints: facts.checkpoints,
    publicIP: host?.address ?? '',
    portMappings: spec.publish.flatMap((mapping) =>
      host?.address === undefined ? [] : [formatReached(mapping, host.address)],
    ),
    gatewayMappings: hasEnded(job.status)
      ? []
      : (job.gatewayPorts ?? []).map(({ port, containerPort }) =>
          formatGatewayReached(containerPort, facts.gatewayHost, port),
        ),
    stdout: 'stdout.autosave',
    stderr: 'stderr.autosave',
    ...(spec.timeLimitSeconds === undefined ? {} : { timeLimit: formatDuration(spec.timeLimitSeconds) }),
    vmPolicy: {
      policy: spec.vmPolicy.policy,
      retryLimit: spec.vmPolicy.retryLimit,
      retryInterval: formatDuration(spec.vmPolicy.retryIntervalSeconds),
      ...(spec.vmPolicy.priceLimit === undefined ? {} : { priceLimit: spec.vmPolicy.priceLimit }),
    },
    migratePolicy: {
      evadeOOM: spec.migratePolicy.evadeOOM,
      stepAuto: spec.migratePolicy.stepAuto,
      cpu: dimensionView(spec.migratePolicy.cpu),
      mem: dimensionView(spec.migratePolicy.mem),
    },
    inputArgs: spec.inputArgs,
    customTags: Object.fromEntries(Object.entries(spec.customTags).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The columns of a list. */
export const jobSummary = (facts: Omit<JobFacts, 'checkpoints' | 'gatewayHost'>): JobSummary => {
  const { job, instances, now } = facts
  return {
    id: job.id,
    name: job.spec.name,
    workingHost: workingHost(hostOfJob(job, instances)),
    user: job.user,
    imageID: job.spec.image.name,
    status: job.status,
    submitTime: formatTime(job.submittedAt),
    duration: between(job.submittedAt, job.endedAt ?? now),
    cost: formatCost(costUsd(facts)),
  }
}

/** A job as the filters of a list see it; `instances`: those of it that are not gone. */
export const filterableOf = (entry: JobIndexEntry, instances: readonly Instance[]): Filterable => {
  const { id, name, user, image, status } = entry
  const host = hostOf(status, entry.instance, instances)
  return {
    id,
    name,
    user,
    image,
    status,
    category: jobCategory(status),
    instanceType: host?.offer.instanceType ?? entry.instanceType,
    host: host?.address ?? '',
  }
}

const hostOfJob = ({ status, residence }: Job, instances: readonly Instance[]): Instance | undefined =>
  hostOf(status, residence.kind === 'running' ? residence.instance : undefined, instances)

/** The instance the job is on, or is being made for it; none once it rests or has ended. */
const hostOf = (
  status: JobStatus,
  resident: InstanceId | undefined,
  instances: readonly Instance[],
): Instance | undefined => {
  if (hasEnded(status) || status === 'Suspended') return undefined
  if (resident !== undefined) return instances.find(({ id }) => id === resident)
  return instances.findLast(({ state, address }) => state !== 'gone' && address !== undefined)
}

const workingHost = (host: Instance | undefined): string => {
  if (host?.address === undefined) return ''
  return `${host.address} (${sizeSentence(host.offer)})`
}

/** What is gone is in the job's own sum. */
const costUsd = ({
  job,
  instances,
  volumes,
  volumePricePerGBMonth,
  now,
}: Omit<JobFacts, 'checkpoints' | 'gatewayHost'>): number => {
  const rented = instances.filter(({ state }) => state !== 'gone').map((one) => instanceCost(one, now))
  const kept = volumes
    .filter(({ state }) => state !== 'deleted')
    .map((volume) => volumeCost(volume, volumePricePerGBMonth, now))
  return [...rented, ...kept].reduce((sum, cost) => sum + cost, job.costUsd)
}

const executedMs = (job: Job, now: number): number =>
  job.executedMs + (job.executingSince === undefined ? 0 : Math.max(0, now - job.executingSince))

const coreHours = (instance: Instance, now: number): number => {
  if (instance.readyAt === undefined) return 0
  return (instance.offer.cpu * Math.max(0, (instance.goneAt ?? now) - instance.readyAt)) / HOUR_MS
}

const between = (from: number, to: number): string => formatDuration((to - from) / 1000)
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000

const dimensionView = ({
  upperBoundSeconds,
  lowerBoundSeconds,
  limit,
  lowerLimit,
  ...policy
}: DimensionPolicy) => ({
  disable: policy.disable,
  upperBoundRatio: policy.upperBoundRatio,
  upperBoundDuration: formatDuration(upperBoundSeconds),
  lowerBoundRatio: policy.lowerBoundRatio,
  lowerBoundDuration: formatDuration(lowerBoundSeconds),
  step: policy.step,
  ...(limit === undefined ? {} : { limit }),
  ...(lowerLimit === undefined ? {} : { lowerLimit }),
})
