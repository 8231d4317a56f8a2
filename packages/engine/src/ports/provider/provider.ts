import type { HealthRow, InstanceId, Market, Offer, SecurityGroup, VolumeId } from '@mmcloud/domain'

/**
 * Where instances and volumes come from. Every call may be repeated with the same ids after a crash of the caller
 * and must then answer as if it had been made once. Nobody here retries: the engine does.
 *
 * A provider is also the fence: `attachVolume` never succeeds while another instance that still exists holds the
 * volume, so that no two workers ever write one disk.
 */
export interface Provider {
  readonly name: string
  /** Time between the notice and the end of a spot instance. */
  readonly noticeSeconds: number
  /** USD that a GB of a volume costs in a month of 730 hours. */
  readonly volumePricePerGBMonth: number

  /** What can be rented now at which price, capacity included; unordered. */
  offers(signal: AbortSignal): Promise<readonly Offer[]>

  /** Types this provider knows, whether or not there is capacity: a size no type has is refused at submit. */
  catalogue(signal: AbortSignal): Promise<readonly InstanceType[]>

  /**
   * Idempotent per `request.id`. Answers as soon as the cloud has accepted; the worker announces itself later.
   * Throws `InsufficientCapacityError` when another offer might do.
   */
  launch(request: LaunchRequest, signal: AbortSignal): Promise<LaunchedInstance>

  /** Ends an instance without asking what runs on it. Asked again until it throws `InstanceNotFoundError`: only then is it gone. */
  terminate(id: InstanceId, signal: AbortSignal): Promise<void>

  /** Everything we made here, known to our records or not: the orphan sweep trusts this list. Gone instances are not in it. */
  list(signal: AbortSignal): Promise<readonly CloudInstance[]>

  /** Idempotent per `id`. The disk is blank; the first worker makes a file system on it. */
  createVolume(request: { id: VolumeId; sizeGB: number; owner: string }, signal: AbortSignal): Promise<void>

  /**
   * Idempotent per pair. The answer is the device's path as the instance sees it.
   * Throws `VolumeInUseError` while another existing instance holds it; `VolumeNotFoundError`; `InstanceNotFoundError`.
   */
  attachVolume(volume: VolumeId, instance: InstanceId, signal: AbortSignal): Promise<{ device: string }>

  /**
   * Succeeds only when no instance can write to the volume any more; succeeds at once when it is attached to none
   * or its instance is gone. Throws `VolumeInUseError` while the instance still has it mounted.
   */
  detachVolume(volume: VolumeId, signal: AbortSignal): Promise<void>

  /** Idempotent; throws `VolumeInUseError` while attached. */
  deleteVolume(volume: VolumeId, signal: AbortSignal): Promise<void>

  listVolumes(
    signal: AbortSignal,
  ): Promise<readonly { id: VolumeId; owner: string; sizeGB: number; attachedTo?: InstanceId }[]>

  /**
   * Makes or replaces the group of `group.owner`, of which all instances of that owner are, those launched later too.
   * From outside nothing reaches an instance by TCP or UDP but what its group lets through; without a group nothing does.
   */
  putSecurityGroup(group: SecurityGroup, signal: AbortSignal): Promise<void>

  /** Idempotent. Nobody outside can connect any more to instances of that owner that still run. */
  deleteSecurityGroup(owner: string, signal: AbortSignal): Promise<void>

  /** The owners of all groups we made here: the sweep trusts this list. */
  listSecurityGroups(signal: AbortSignal): Promise<readonly string[]>

  /** What this provider needs of the machine or the account, one row each. */
  health(signal: AbortSignal): Promise<readonly HealthRow[]>

  /** Whether the kernel of its instances has a client for NFS; absent where none has. */
  readonly mountsNfs?: () => Promise<boolean>

  /** Absent where a reclaim cannot be asked for. The instance gets the cloud's notice, then is taken without mercy. */
  readonly reclaim?: (id: InstanceId, noticeSeconds: number, signal: AbortSignal) => Promise<void>
}

export type InstanceType = {
  readonly name: string
  readonly cpu: number
  readonly memGB: number
  readonly onDemandPerHour: number
}

export type LaunchRequest = {
  /** Ours, and the idempotency token. */
  readonly id: InstanceId
  readonly instanceType: string
  readonly market: Market
  /** Most that is paid, USD an hour; the cloud refuses with `InsufficientCapacityError` above it. */
  readonly maxPricePerHour: number
  /** Run as root by `/bin/sh` at first boot, as clouds do; the provider does not look into it. */
  readonly userData: string
  /** Tag by which the sweep knows whose it is: the job's id. */
  readonly owner: string
}

export type LaunchedInstance = {
  readonly cloudId: string
  readonly address: string
  readonly pricePerHour: number
}

export type CloudInstance = {
  readonly id: InstanceId
  readonly cloudId: string
  readonly owner: string
  readonly state: 'running' | 'terminating'
  readonly address: string
  readonly instanceType: string
  readonly market: Market
  /** The cloud has announced to take it at that instant (epoch ms). */
  readonly interruptionAt?: number
  readonly pricePerHour: number
}
