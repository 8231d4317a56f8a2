import type { RefusalCause, WorkerMethod, WorkerParams, WorkerReport, WorkerResult } from '@mmcloud/contract'
import type { BrakePolicy, Checkpoint, InstanceId, VolumeId } from '@mmcloud/domain'
import type { Clock } from '../clock.ts'
import type { FakeProvider } from '../provider/fake-provider.ts'
import { type Fleet, WorkerRefusedError } from './fleet.ts'

/** What a fake volume holds: the checkpoints with the program's progress at each, and its exit. */
type Disk = {
  checkpoints: (Checkpoint & { progress: number })[]
  exit?: { attempt: number; exitCode: number; at: number }
  epoch: number
}

export type FakeBegin = {
  readonly method: 'startJob' | 'restoreJob'
  readonly seq: number
  readonly copies: number
  readonly saved: readonly number[]
}

type FakeWorker = {
  jobId: string
  attempt: number
  phase: NonNullable<WorkerReport['job']>['phase']
  volume: VolumeId
  progress: number
  exitCode?: number
  brake?: BrakePolicy
  brakedAt?: number | undefined
  neverSaved?: true
}

/**
 * Workers in memory that behave: a program is a counter, a checkpoint remembers it on the volume, and a program whose
 * instance is taken is gone. Every instance the provider has is connected unless told otherwise.
 */
export class FakeFleet implements Fleet {
  /** So long before its instance is taken a worker saves the program by itself. */
  static readonly savesWithinMs = 10_000
  readonly #provider: FakeProvider
  readonly #clock: Clock
  readonly #workers = new Map<InstanceId, FakeWorker>()
  readonly #silent = new Set<InstanceId>()
  readonly #failures: { method: WorkerMethod; message: string; refusal?: RefusalCause | undefined }[] = []
  readonly calls: { instance: InstanceId; method: WorkerMethod; at: number }[] = []

  constructor(provider: FakeProvider, clock: Clock) {
    this.#provider = provider
    this.#clock = clock
  }

  /** Where `hostTerminate` ran. */
  readonly terminated: InstanceId[] = []

  /** How large every checkpoint is from now on. */
  checkpointBytes = 1000

  /** The next request of `method` is refused with these words, and nothing is done. */
  failNext(method: WorkerMethod, message: string, refusal?: RefusalCause): void {
    this.#failures.push({ method, message, refusal })
  }

  /** Every request of `method` is refused, until `forgiveAll`. */
  failAll(method: WorkerMethod, message: string, refusal?: RefusalCause): void {
    for (let n = 0; n < 1000; n += 1) this.failNext(method, message, refusal)
  }

  forgiveAll(): void {
    this.#failures.length = 0
  }

  /** Told whenever a program begins to run somewhere, with the checkpoints of its attempt on the disk. */
  onBegin: (begin: FakeBegin) => void = () => undefined

  #told(method: FakeBegin['method'], worker: FakeWorker, seq: number): void {
    const alive = new Set(this.#provider.existing())
    const copies = [...this.#workers].filter(
      ([id, other]) => alive.has(id) && other.jobId === worker.jobId && other.phase === 'running',
    ).length
    const saved = this.#disk(worker.volume)
      .checkpoints.filter((checkpoint) => checkpoint.attempt === worker.attempt)
      .map((checkpoint) => checkpoint.seq)
    this.onBegin({ method, seq, copies, saved })
  }

  /** The link of that worker is down (or up again); its program runs on. */
  silence(instance: InstanceId, silent = true): void {
    if (silent) this.#silent.add(instance)
    else this.#silent.delete(instance)
  }

  /** The program of a job does some work; returns how far it is. */
  async work(jobId: string, amount: number): Promise<number> {
    const [copy] = await this.copies(jobId)
    if (!copy) throw new Error(`no copy of ${jobId} runs`)
    copy.progress += amount
    return copy.progress
  }

  /** The worker of a job freezes its program, because memory runs out. */
  async brake(jobId: string): Promise<void> {
    const [copy] = await this.copies(jobId)
    if ((copy?.brake ?? 'never') === 'never' || !copy) throw new Error(`the worker of ${jobId} may not brake`)
    copy.brakedAt = this.#clock.now()
  }

  /** The program of a job ends by itself. */
  async exit(jobId: string, exitCode: number): Promise<void> {
    const [copy] = await this.copies(jobId)
    if (!copy) throw new Error(`no copy of ${jobId} runs`)
    copy.phase = 'exited'
    copy.exitCode = exitCode
    const disk = this.#disk(copy.volume)
    this.#store(copy.volume, { ...disk, exit: { attempt: copy.attempt, exitCode, at: this.#clock.now() } })
  }

  /** Every copy of a job that runs now: more than one is the worst that can happen. */
  async copies(jobId: string): Promise<FakeWorker[]> {
    const alive = new Set(this.#provider.existing())
    return [...this.#workers]
      .filter(([id, w]) => alive.has(id) && w.jobId === jobId && w.phase === 'running')
      .map(([, w]) => w)
  }

  report(instance: InstanceId): WorkerReport | undefined {
    if (this.#silent.has(instance) || !this.#provider.bootedWith(instance)) return undefined
    const worker = this.#workers.get(instance)
    const interruptionAt = this.#provider.interruptionOf(instance)
    const saveBy = interruptionAt === undefined ? undefined : interruptionAt - FakeFleet.savesWithinMs
    if (
      saveBy !== undefined &&
      saveBy <= this.#clock.now() &&
      worker?.phase === 'running' &&
      !worker.neverSaved
    )
      this.#capture(instance, { captureId: `interruption-${instance}`, kind: 'move' })
    return {
      type: 'report',
      at: this.#clock.now(),
      ...(interruptionAt === undefined ? {} : { interruptionAt }),
      ...(saveBy === undefined ? {} : { saveBy }),
      ...(worker
        ? {
            job: {
              jobId: worker.jobId,
              attempt: worker.attempt,
              phase: worker.phase,
              checkpoints: this.#disk(worker.volume).checkpoints,
              logsShipped: true,
              brake: worker.brake ?? 'never',
              braked: worker.brakedAt !== undefined,
              ...(worker.exitCode === undefined ? {} : { exitCode: worker.exitCode }),
            },
          }
        : {}),
    }
  }

  async connected(instance: InstanceId, signal: AbortSignal): Promise<WorkerReport> {
    for (;;) {
      const report = this.report(instance)
      if (report) return report
      await this.#clock.sleep(100, signal)
    }
  }

  async ask<M extends WorkerMethod>(
    instance: InstanceId,
    method: M,
    params: WorkerParams<M>,
    signal: AbortSignal,
  ): Promise<WorkerResult<M>> {
    await this.connected(instance, signal)
    this.calls.push({ instance, method, at: this.#clock.now() })
    const failure = this.#failures.findIndex((candidate) => candidate.method === method)
    if (failure >= 0) {
      const { message, refusal } = this.#failures.splice(failure, 1)[0]!
      throw new WorkerRefusedError(message, refusal ?? (method === 'restoreJob' ? 'restore' : undefined))
    }
    return this.#do(instance, method, params as never) as WorkerResult<M>
  }

  #do(instance: InstanceId, method: WorkerMethod, params: never): unknown {
    switch (method) {
      case 'mountVolumes':
        return this.#mount(instance, params)
      case 'startJob':
        return this.#start(instance, params)
      case 'restoreJob':
        return this.#restore(instance, params)
      case 'captureJob':
        return this.#capture(instance, params)
      case 'stopJob':
        return this.#stop(instance)
      case 'releaseVolumes':
        return this.#release(instance)
      case 'setBrake':
        this.#setBrake(instance, (params as WorkerParams<'setBrake'>).when)
        return {}
      case 'terminateHost':
        this.terminated.push(instance)
        return { exitCode: 0, said: 'tidied up' }
      case 'inspectJob':
        return { processes: [], disks: [] }
      case 'health':
        return { rows: [] }
    }
  }

  #mount(instance: InstanceId, params: WorkerParams<'mountVolumes'>): WorkerResult<'mountVolumes'> {
    const volume = params.volumes[0]!.volumeId as VolumeId
    const disk = this.#disk(volume)
    if (params.epoch < disk.epoch)
      throw new WorkerRefusedError('this volume has been given to another instance')
    this.#store(volume, { ...disk, epoch: params.epoch })
    this.#provider.mount(volume, true)
    if (!this.#workers.has(instance)) {
      this.#workers.set(instance, {
        jobId: params.jobId,
        attempt: params.attempt,
        phase: 'mounted',
        volume,
        progress: 0,
      })
    }
    const worker = this.#worker(instance)
    if (disk.exit?.attempt === params.attempt && worker.phase === 'mounted') {
      worker.phase = 'exited'
      worker.exitCode = disk.exit.exitCode
    }
    return { epoch: params.epoch, checkpoints: disk.checkpoints, exit: disk.exit }
  }

  #start(instance: InstanceId, { attempt, spec }: WorkerParams<'startJob'>): WorkerResult<'startJob'> {
    const worker = this.#worker(instance)
    if (worker.phase !== 'running') {
      const before = { ...worker }
      const { neverSaved } = spec
      Object.assign(worker, { attempt, phase: 'running', progress: 0, ...(neverSaved ? { neverSaved } : {}) })
      this.#told('startJob', before, 0)
    }
    return { imageMs: 1, containerMs: 1 }
  }

  #restore(instance: InstanceId, { attempt, seq }: WorkerParams<'restoreJob'>): WorkerResult<'restoreJob'> {
    const worker = this.#worker(instance)
    const checkpoint = this.#disk(worker.volume).checkpoints.find((c) => c.seq === seq)
    if (!checkpoint) throw new WorkerRefusedError(`checkpoint ${seq} is not there`)
    if (worker.phase !== 'running') {
      Object.assign(worker, { attempt, phase: 'running', progress: checkpoint.progress })
      this.#told('restoreJob', worker, seq)
    }
    return { restoreMs: 1 }
  }

  #capture(instance: InstanceId, { kind }: WorkerParams<'captureJob'>): WorkerResult<'captureJob'> {
    const worker = this.#worker(instance)
    const disk = this.#disk(worker.volume)
    if (worker.phase === 'saved') return disk.checkpoints.at(-1)!
    if (worker.phase !== 'running')
      throw new WorkerRefusedError(`there is no program to save (${worker.phase})`)
    const checkpoint = {
      seq: (disk.checkpoints.at(-1)?.seq ?? 0) + 1,
      attempt: worker.attempt,
      takenAt: worker.brakedAt ?? this.#clock.now(),
      bytes: this.checkpointBytes,
      kind,
      timings: { freezeMs: 1, dumpMs: 1, drainLogsMs: 1, diskSnapshotMs: 1, syncMs: 1 },
      progress: worker.progress,
    }
    this.#store(worker.volume, { ...disk, checkpoints: [...disk.checkpoints, checkpoint] })
    worker.brakedAt = undefined
    if (kind === 'move') worker.phase = 'saved'
    return checkpoint
  }

  #stop(instance: InstanceId): WorkerResult<'stopJob'> {
    const worker = this.#workers.get(instance)
    if (worker?.phase === 'running') Object.assign(worker, { phase: 'exited', exitCode: 143 })
    return { exitCode: worker?.exitCode }
  }

  #release(instance: InstanceId): WorkerResult<'releaseVolumes'> {
    const worker = this.#workers.get(instance)
    if (worker?.phase === 'running') throw new WorkerRefusedError('the program runs')
    if (worker) this.#provider.mount(worker.volume, false)
    this.#workers.delete(instance)
    return {}
  }

  #setBrake(instance: InstanceId, when: BrakePolicy): void {
    const worker = this.#worker(instance)
    worker.brake = when
    if (when !== 'early') worker.brakedAt = undefined
  }

  #worker(instance: InstanceId): FakeWorker {
    const worker = this.#workers.get(instance)
    if (!worker) throw new WorkerRefusedError('no volumes are mounted')
    return worker
  }

  #disk(volume: VolumeId): Disk {
    const content = this.#provider.read(volume)
    return content === '' ? { checkpoints: [], epoch: 0 } : (JSON.parse(content) as Disk)
  }

  #store(volume: VolumeId, disk: Disk): void {
    this.#provider.write(volume, JSON.stringify(disk))
  }
}
