import type { GatewayPort } from '../gateway/gateway.ts'
import type { GatewayId, InstanceId, JobId, VolumeId, WorkflowId } from '../ids.ts'
import type { TypeFilter } from '../planner/type-filter.ts'
import type { MigratePolicy } from '../policy/migrate-policy.ts'
import type { JobStatus } from './job-status.ts'
import type { MountMode, StorageMount } from './storage-mount.ts'
import type { VmPolicy } from './vm-policy.ts'

/** Minimum and optional maximum; the maximum absent means open upwards. */
export type Range = { readonly min: number; readonly max?: number }

/** An extra disk of the job, made with it and moved with it. */
export type DataDisk = { readonly sizeGB: number; readonly mountPoint: string }

/** A disk that its user keeps, and that the job has for itself as long as it lives. */
export type KeptDisk = { readonly id: VolumeId; readonly mode: MountMode; readonly mountPoint: string }

/** `hostPort` on the instance is forwarded to `containerPort` of the job. */
export type PortMapping = { readonly hostPort: number; readonly containerPort: number }

/** A directory of the instance that the program sees; nothing of it is saved. */
export type DirMap = { readonly host: string; readonly container: string }

/** What the user asked for: validated, complete, never changed by us. */
export type JobSpec = {
  readonly name: string
  readonly image: ImageReference
  /** The script's content; absent = the image's own entrypoint. */
  readonly script?: string
  readonly env: Readonly<Record<string, string>>
  readonly cpu: Range
  readonly memGB: Range
  /** Exactly this type; absent = the cheapest that fits. */
  readonly instanceType?: string
  /** Which types it may be on, now and after every move; absent = any. */
  readonly types?: TypeFilter
  readonly vmPolicy: VmPolicy
  readonly migratePolicy: MigratePolicy
  /** Counts `Executing` only. */
  readonly timeLimitSeconds?: number
  readonly publish: readonly PortMapping[]
  /** Networks (`10.0.0.0/8`) that may reach its published ports; absent = the address it was submitted from. */
  readonly allowFrom?: readonly string[]
  /** IPv4, as the OpCenter saw it. */
  readonly submittedFrom?: string
  readonly dataDisks: readonly DataDisk[]
  /** Absent = none. */
  readonly keptDisks?: readonly KeptDisk[]
  /** Room on its own disk for what it writes into its image, beside the common 64 GB. */
  readonly imageVolumeGB?: number
  /** The gateway it is connected to from the start, and which port of it. */
  readonly gateway?: { readonly id: GatewayId; readonly targetPort: number }
  /** The program runs as root, whatever user its image names. */
  readonly asRoot?: true
  readonly dirMaps?: readonly DirMap[]
  /** Of `/dev/shm`. */
  readonly shmBytes?: number
  /** Stands over the image's own. */
  readonly workdir?: string
  /** A script that runs as root on each of its instances before the program comes there. */
  readonly hostInit?: string
  /** … and one when the program has left, before the instance is given back. */
  readonly hostTerminate?: string
  /** Who submitted it, by number; 0 = the administrator. */
  readonly userNumber?: number
  /** Absent = none. */
  readonly mounts?: readonly StorageMount[]
  readonly customTags: Readonly<Record<string, string>>
  readonly rerunAllowed: boolean
  /** It is neither moved nor saved: what takes its instance away ends its run. */
  readonly migrateDisabled?: true
  /** The canonical flags, for people to read and copy; holds no secret. */
  readonly inputArgs: string
}

/** An image resolved once, at submit; every move uses the digest. */
export type ImageReference = {
  /** As the user wrote it. */
  readonly name: string
  /** What the worker hands to skopeo: `docker://host/repo@sha256:…`. `library:NAME` = the OpCenter's own registry. */
  readonly source: string
  /** `sha256:…` of the manifest. */
  readonly digest: string
}

/** What should become of the job; set by people and policy, carried out by the engine. */
export type Wanted = 'running' | 'suspended' | 'cancelled' | 'timedout'

/**
 * Where the job's state is. At most one of these is true, and `running` names the one instance that may hold a
 * copy. Only the engine changes it.
 */
export type Residence =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'running'; readonly instance: InstanceId }
  /** No copy runs; the newest usable instant lies on the job's volumes. */
  | { readonly kind: 'saved' }

/** A rule of the policy that holds in vain: told once, tried again at `retryAt` (epoch ms). */
export type StuckRule = {
  readonly why: 'atLimit' | 'noOffer'
  readonly tries: number
  readonly retryAt: number
}

export type Job = {
  readonly id: JobId
  readonly user: string
  readonly spec: JobSpec
  /** Of the request that made it under an idempotency key: another request under that key is refused. */
  readonly requestDigest?: string
  readonly status: JobStatus
  readonly wanted: Wanted
  /** Why `wanted` is what it is, for the final event. */
  readonly wantedBy: string
  /** 1, 2, …: a rerun starts the next one. */
  readonly attempt: number
  readonly residence: Residence
  readonly volumes: readonly VolumeId[]
  /** The one workflow that may act on this job now; the lock against a second migration. */
  readonly workflow?: WorkflowId
  readonly exitCode?: number
  /** Tries to get an instance since the job last ran. */
  readonly placementTries: number
  /** Not before this instant is an instance looked for again (epoch ms). */
  readonly placeAfter?: number
  /** Until `placeAfter` it waits because there was no room for it: room that comes free is offered to it before that. */
  readonly waitsForCapacity?: true
  /** Since it came to its instance it could not be saved so often; `error` is the last cause, told once. */
  readonly captureFailure?: { readonly error: string; readonly tries: number }
  /** The bounds a person or the policy asked to move to; used by every placement from then on. */
  readonly moveTo?: { readonly instanceType?: string; readonly cpu?: Range; readonly memGB?: Range }
  /** By the policy's rule: its usage asks for a size that it may not have or that is not to be had. */
  readonly stuck?: Readonly<Record<string, StuckRule>>
  /** Where gateways lead to it. */
  readonly gatewayPorts?: readonly GatewayPort[]
  readonly submittedAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  readonly updatedAt: number
  /** Time spent `Executing` in this attempt before `executingSince`. */
  readonly executedMs: number
  readonly executingSince?: number
  /** USD, of all its instances and volumes that are gone, of every attempt. */
  readonly costUsd: number
  /** Raised by every write; a writer that read an older one loses and drops its result. */
  readonly version: number
}
