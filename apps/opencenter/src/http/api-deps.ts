import type { HealthRow, InstanceId, Job, JobId, Offer, Sample, SizeHint } from '@mmcloud/domain'
import type { Inspection, SettingView } from '@mmcloud/contract'
import type { DiskCommands, GatewayCommands, JobCommands, Log, Records } from '@mmcloud/engine'
import type { Accounts, Audit, Gateways, Groups, Library, Samples, Storages, Templates } from '@mmcloud/store'
import type { Authenticator } from '../auth/authenticator.ts'
import type { ImageResolver } from '../images/image-resolver.ts'
import type { RegistryLogins } from '../images/registry-logins.ts'
import type { LogMirror } from '../logs/log-mirror.ts'
import type { Vault } from '../secrets/vault.ts'
import type { EventStreams } from './event-streams.ts'

/** What the public API stands on. */
export type ApiDeps = {
  readonly records: Records
  readonly commands: JobCommands
  readonly gateways: Gateways
  readonly groups: Groups
  readonly gatewayCommands: GatewayCommands
  readonly disks: DiskCommands
  /** Where ports of gateways are reached. */
  readonly gatewayHost: string
  readonly authenticator: Authenticator
  readonly images: ImageResolver
  readonly registryLogins: RegistryLogins
  readonly accounts: Accounts
  readonly audit: Audit
  readonly library: Library
  readonly templates: Templates
  readonly storages: Storages
  /** Whether instances can mount it. */
  readonly mountsNfs: () => Promise<boolean>
  readonly vault: Vault
  readonly logs: LogMirror
  readonly health: HealthSource
  /** Asks the worker; rejects when it does not answer in good time. */
  readonly inspect: (instance: InstanceId) => Promise<Inspection>
  readonly samples: Samples
  readonly watcher: Watcher
  readonly streams: EventStreams
  readonly log: Log
  readonly prices: Prices
  readonly version: string
  readonly settings: readonly SettingView[]
  readonly startedAt: number
  readonly now: () => number
}

/** What is measured, as it comes. */
export type Watcher = {
  /** Calls until the answer is called. */
  watch(job: JobId, watcher: (samples: readonly Sample[]) => void): () => void
  /** The newest sample of every job that has been heard of lately. */
  newest(): readonly { readonly job: JobId; readonly sample: Sample }[]
  /** What a job should ask for next time; nothing while there is too little to go by. */
  sizeHint(job: Job): Promise<SizeHint | undefined>
  /** How many samples have come since the start. */
  readonly taken: number
}

/** What the provider takes, whatever was paid for a spot instance. */
export type Prices = {
  /** USD an hour, by type. */
  onDemandPerHour(): Promise<ReadonlyMap<string, number>>
  /** What could be rented now. */
  offers(): Promise<readonly Offer[]>
  readonly volumePricePerGBMonth: number
}

/** Where the rows of `float check` come from. */
export type HealthSource = {
  openCenter(): Promise<readonly HealthRow[]>
  /** Rejects when the worker does not answer in good time. */
  worker(instance: InstanceId): Promise<readonly HealthRow[]>
}
