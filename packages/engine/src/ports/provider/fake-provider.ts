import type { HealthRow, InstanceId, Market, Offer, SecurityGroup, VolumeId } from '@mmcloud/domain'
import {
  InstanceNotFoundError,
  InsufficientCapacityError,
  VolumeInUseError,
  VolumeNotFoundError,
} from './provider-errors.ts'
import type { CloudInstance, InstanceType, LaunchedInstance, LaunchRequest, Provider } from './provider.ts'

export type FakeProviderOptions = {
  /** The fake's time, epoch ms: a deadline passes when this says so. */
  readonly now: () => number
  readonly types?: readonly InstanceType[]
  /** Spot price as a share of the on-demand one. */
  readonly spotShare?: number
}

type FakeInstance = CloudInstance & { readonly request: LaunchRequest }
type FakeVolume = {
  readonly id: VolumeId
  readonly owner: string
  readonly sizeGB: number
  attachedTo?: InstanceId
  mounted: boolean
  /** Stands for the bytes on the disk: they go where the volume goes. */
  content: string
}
type Call = { readonly method: keyof Provider; readonly subject: string }

/**
 * A cloud in memory that behaves: it runs out of capacity, refuses a second attach, gives notice and then takes the
 * instance. It records every call and can be told what to answer next.
 */
export class FakeProvider implements Provider {
  readonly name = 'fake'
  readonly noticeSeconds = 120
  readonly volumePricePerGBMonth = 0.08
  readonly calls: Call[] = []
  readonly #now: () => number
  readonly #types: readonly InstanceType[]
  readonly #spotShare: number
  readonly #instances = new Map<InstanceId, FakeInstance>()
  readonly #answered = new Map<InstanceId, LaunchedInstance>()
  readonly #volumes = new Map<VolumeId, FakeVolume>()
  readonly #groups = new Map<string, SecurityGroup>()
  readonly #limits = new Map<string, number>()
  readonly #features = new Map<string, readonly string[]>()
  readonly #lost: (keyof Provider)[] = []
  readonly #hanging: (keyof Provider)[] = []
  readonly #failures: { method: keyof Provider; error: Error }[] = []

  constructor(options: FakeProviderOptions) {
    this.#now = options.now
    this.#types = options.types ?? DEFAULT_TYPES
    this.#spotShare = options.spotShare ?? 0.3
  }

  /** The next call of `method` throws `error`; several are thrown in the order given. */
  failNext(method: keyof Provider, error: Error): void {
    this.#failures.push({ method, error })
  }

  /** The next call of `method` does what it is asked, and its answer is lost on the way. */
  loseAnswer(method: keyof Provider): void {
    this.#lost.push(method)
  }

  /** The next call of `method` is never answered: it ends when its caller gives up. */
  hangNext(method: 'list' | 'listVolumes' | 'offers' | 'terminate'): void {
    this.#hanging.push(method)
  }

  /** What it was told to answer wrongly is forgotten. */
  forgiveAll(): void {
    this.#failures.length = 0
    this.#lost.length = 0
    this.#hanging.length = 0
  }

  /** Nobody reaches it (or again everybody does); notices and deaths go on. */
  away = false

  /** The disk is lost, as a cloud may lose one. */
  loseVolume(id: VolumeId): void {
    this.#volumes.delete(id)
  }

  /** At most `count` instances of a type in a market at a time. */
  limit(instanceType: string, market: Market, count: number): void {
    this.#limits.set(`${instanceType}/${market}`, count)
  }

  /** What the processors of a type can do. */
  processor(instanceType: string, features: readonly string[]): void {
    this.#features.set(instanceType, features)
  }

  /** The instance dies now, without notice. */
  kill(id: InstanceId): void {
    this.#instances.delete(id)
    for (const volume of this.#volumes.values()) if (volume.attachedTo === id) release(volume)
  }

  /** What a worker on the holding instance would do. */
  mount(id: VolumeId, mounted: boolean): void {
    const volume = this.#volume(id)
    if (volume.attachedTo === undefined) throw new Error(`${id} is attached to nothing`)
    volume.mounted = mounted
  }
  write(id: VolumeId, content: string): void {
    this.#volume(id).content = content
  }
  read(id: VolumeId): string {
    return this.#volume(id).content
  }

  async offers(signal?: AbortSignal): Promise<readonly Offer[]> {
    await this.#hang('offers', signal)
    this.#enter('offers', '')
    return this.#types.flatMap((type) =>
      (['spot', 'onDemand'] as const)
        .filter((market) => this.#hasRoom(type.name, market))
        .map((market) => ({
          provider: this.name,
          instanceType: type.name,
          cpu: type.cpu,
          memGB: type.memGB,
          market,
          pricePerHour: this.#price(type, market),
          cpuFeatures: this.#features.get(type.name) ?? [],
        })),
    )
  }

  async catalogue(): Promise<readonly InstanceType[]> {
    this.#enter('catalogue', '')
    return this.#types
  }

  async launch(request: LaunchRequest): Promise<LaunchedInstance> {
    this.#enter('launch', request.id)
    const earlier = this.#answered.get(request.id)
    if (earlier) return earlier
    const type = this.#types.find(({ name }) => name === request.instanceType)
    if (!type) throw new InsufficientCapacityError(`no type named ${request.instanceType}`)
    const pricePerHour = this.#price(type, request.market)
    if (pricePerHour > request.maxPricePerHour || !this.#hasRoom(type.name, request.market))
      throw new InsufficientCapacityError(`no ${request.market} capacity for ${type.name}`)
    const launched = { cloudId: `fake-${request.id}`, address: this.#freeAddress(), pricePerHour }
    this.#answered.set(request.id, launched)
    const { id, owner, instanceType, market } = request
    this.#instances.set(id, { id, owner, instanceType, market, state: 'running', ...launched, request })
    this.#leave('launch')
    return launched
  }

  async terminate(id: InstanceId, signal?: AbortSignal): Promise<void> {
    await this.#hang('terminate', signal)
    this.#enter('terminate', id)
    if (!this.#instances.has(id)) throw new InstanceNotFoundError(`no instance ${id}`)
    this.kill(id)
    this.#leave('terminate')
  }

  async list(signal?: AbortSignal): Promise<readonly CloudInstance[]> {
    await this.#hang('list', signal)
    this.#enter('list', '')
    return [...this.#instances.values()].map((instance) => without(instance, ['request']))
  }

  /** What there is, whoever can be reached. */
  existing(): readonly InstanceId[] {
    this.#takeOverdue()
    return [...this.#instances.keys()]
  }

  /** What an instance was booted with, for tests that play its worker. */
  bootedWith(id: InstanceId): LaunchRequest | undefined {
    return this.#instances.get(id)?.request
  }

  /** When an instance is taken, as the metadata on it would say. */
  interruptionOf(id: InstanceId): number | undefined {
    return this.#instances.get(id)?.interruptionAt
  }

  async createVolume(request: { id: VolumeId; sizeGB: number; owner: string }): Promise<void> {
    this.#enter('createVolume', request.id)
    if (!this.#volumes.has(request.id))
      this.#volumes.set(request.id, { ...request, mounted: false, content: '' })
    this.#leave('createVolume')
  }

  async attachVolume(id: VolumeId, instance: InstanceId): Promise<{ device: string }> {
    this.#enter('attachVolume', id)
    const volume = this.#volume(id)
    if (!this.#instances.has(instance)) throw new InstanceNotFoundError(`no instance ${instance}`)
    if (volume.attachedTo !== undefined && volume.attachedTo !== instance)
      throw new VolumeInUseError(`${id} is attached to ${volume.attachedTo}`)
    volume.attachedTo = instance
    this.#leave('attachVolume')
    return { device: `/dev/${id}` }
  }

  async detachVolume(id: VolumeId): Promise<void> {
    this.#enter('detachVolume', id)
    const volume = this.#volume(id)
    if (volume.mounted) throw new VolumeInUseError(`${id} is mounted on ${volume.attachedTo}`)
    release(volume)
    this.#leave('detachVolume')
  }

  async deleteVolume(id: VolumeId): Promise<void> {
    this.#enter('deleteVolume', id)
    const holder = this.#volumes.get(id)?.attachedTo
    if (holder !== undefined) throw new VolumeInUseError(`${id} is attached to ${holder}`)
    this.#volumes.delete(id)
    this.#leave('deleteVolume')
  }

  async listVolumes(
    signal?: AbortSignal,
  ): Promise<readonly { id: VolumeId; owner: string; sizeGB: number; attachedTo?: InstanceId }[]> {
    await this.#hang('listVolumes', signal)
    this.#enter('listVolumes', '')
    return [...this.#volumes.values()].map((volume) => without(volume, ['mounted', 'content']))
  }

  async putSecurityGroup(group: SecurityGroup): Promise<void> {
    this.#enter('putSecurityGroup', group.owner)
    this.#groups.set(group.owner, group)
    this.#leave('putSecurityGroup')
  }

  async deleteSecurityGroup(owner: string): Promise<void> {
    this.#enter('deleteSecurityGroup', owner)
    this.#groups.delete(owner)
    this.#leave('deleteSecurityGroup')
  }

  async listSecurityGroups(): Promise<readonly string[]> {
    this.#enter('listSecurityGroups', '')
    return [...this.#groups.keys()]
  }

  /** The group that an instance is of. */
  securityGroupOf(id: InstanceId): SecurityGroup | undefined {
    const instance = this.#instances.get(id)
    return instance && this.#groups.get(instance.owner)
  }

  async health(): Promise<readonly HealthRow[]> {
    this.#enter('health', '')
    return [{ name: 'fake cloud', status: 'ok', found: `${this.#instances.size} instances`, fix: '' }]
  }

  async reclaim(id: InstanceId, noticeSeconds: number): Promise<void> {
    this.#enter('reclaim', id)
    const instance = this.#instances.get(id)
    if (!instance) throw new InstanceNotFoundError(`no instance ${id}`)
    const at = Math.min(instance.interruptionAt ?? Infinity, this.#now() + noticeSeconds * 1000)
    this.#instances.set(id, { ...instance, interruptionAt: at })
    this.#takeOverdue()
  }

  #enter(method: keyof Provider, subject: string): void {
    this.calls.push({ method, subject })
    this.#takeOverdue()
    if (this.away) throw new Error('the cloud does not answer')
    const next = this.#failures.findIndex((failure) => failure.method === method)
    const [failure] = next < 0 ? [] : this.#failures.splice(next, 1)
    if (failure) throw failure.error
  }

  async #hang(method: keyof Provider, signal: AbortSignal | undefined): Promise<void> {
    const hanging = this.#hanging.indexOf(method)
    if (hanging < 0) return
    this.#hanging.splice(hanging, 1)
    signal?.throwIfAborted()
    await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  }

  #leave(method: keyof Provider): void {
    const lost = this.#lost.indexOf(method)
    if (lost < 0) return
    this.#lost.splice(lost, 1)
    throw new Error(`the answer to ${method} was lost`)
  }

  #takeOverdue(): void {
    for (const { id, interruptionAt } of this.#instances.values())
      if (interruptionAt !== undefined && interruptionAt <= this.#now()) this.kill(id)
  }

  #hasRoom(type: string, market: Market): boolean {
    const taken = [...this.#instances.values()].filter(
      (instance) => instance.instanceType === type && instance.market === market,
    )
    return taken.length < (this.#limits.get(`${type}/${market}`) ?? Infinity)
  }

  #price(type: InstanceType, market: Market): number {
    return market === 'spot' ? type.onDemandPerHour * this.#spotShare : type.onDemandPerHour
  }

  #freeAddress(): string {
    const n = this.#answered.size + 10
    return `10.213.${Math.floor(n / 250)}.${(n % 250) + 1}`
  }

  #volume(id: VolumeId): FakeVolume {
    const volume = this.#volumes.get(id)
    if (!volume) throw new VolumeNotFoundError(`no volume ${id}`)
    return volume
  }
}

const DEFAULT_TYPES: readonly InstanceType[] = [
  { name: 't3.micro', cpu: 2, memGB: 1, onDemandPerHour: 0.0104 },
  { name: 't3.medium', cpu: 2, memGB: 4, onDemandPerHour: 0.0416 },
  { name: 'm5.large', cpu: 2, memGB: 8, onDemandPerHour: 0.096 },
]

const release = (volume: FakeVolume): void => {
  delete volume.attachedTo
  volume.mounted = false
}

const without = <T extends object, K extends keyof T & string>(value: T, keys: readonly K[]): Omit<T, K> =>
  Object.fromEntries(
    Object.entries(value).filter(([key]) => !keys.some((unwanted) => unwanted === key)),
  ) as Omit<T, K>
