import { existsSync, readdirSync, rmSync } from 'node:fs'
import type { WorkerJob, WorkerParams, WorkerResult } from '@mmcloud/contract'
import { saveBy } from '@mmcloud/domain'
import { z } from 'zod'
import { capture, type Checkpoint } from '../checkpoint/capture.ts'
import {
  listCheckpoints,
  readManifest,
  sweepCheckpoints,
  sweepIncomplete,
  writeManifest,
} from '../checkpoint/manifest.ts'
import { markUntouched, rollBackDisks, touch } from '../checkpoint/restore.ts'
import { removeBundle } from '../container/bundle.ts'
import { jobMemoryInUse, restoreMemoryLimit } from '../container/cgroup.ts'
import { containerRuns, destroyContainer, runc } from '../container/runc.ts'
import type { ImageAccess } from '../image/ensure-image.ts'
import { connectNetwork, removeNetwork } from '../network/inner-network.ts'
import { askShim, shimLives, shimResult } from '../shim/client.ts'
import { readJson, syncDirectory } from '../system/durable.ts'
import { jobPlaces, places } from '../system/places.ts'
import { until } from '../system/wait.ts'
import { readyLive } from '../volumes/ready-live.ts'
import { isMounted, mountVolumes, replaceLive, unmountVolumes } from '../volumes/volumes.ts'
import { prepare, restoreContainer, startContainer } from './begin.ts'
import { captureFailure } from './capture-error.ts'
import { criuIsDone } from './criu-processes.ts'
import { type JobState, loadState, saveState } from './job-state.ts'

const MONITOR_MS = 100
const CRIU_ENDS_WITHIN_MS = 120_000
const KILLED_WITHIN_MS = 30_000
const exitSchema = z.object({ attempt: z.int(), exitCode: z.int(), at: z.number() })

export type RunnerDeps = {
  readonly images: ImageAccess
  readonly changed: () => void
  readonly log: (message: string) => void
}

/** The one job of this instance: one operation at a time, each step on record before and after. */
export class JobRunner {
  readonly #deps: RunnerDeps
  #state: JobState | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #interruptionAt: number | undefined
  /** Once the instance's end is known: when the program is saved, asked or not (epoch ms). */
  saveBy: number | undefined
  #lostShimSince: number | undefined

  constructor(deps: RunnerDeps) {
    this.#deps = deps
    this.#state = loadState()
  }

  /** For the log shipper: which job's files lie here, and which of them went back. */
  get logs(): { jobId: string; truncated: Record<string, number> } | undefined {
    const state = this.#state
    return state && isMounted(places.jobVolume)
      ? { jobId: state.jobId, truncated: state.truncated }
      : undefined
  }

  truncationShipped(file: string): void {
    if (!this.#state) return
    const { [file]: _shipped, ...truncated } = this.#state.truncated
    this.#change({ truncated })
  }

  report(logsShipped: boolean): WorkerJob | undefined {
    const state = this.#state
    if (!state) return undefined
    const { jobId, attempt, phase, exitCode, error, runningSince } = state
    const mounted = isMounted(places.jobVolume)
    return {
      jobId,
      attempt,
      phase,
      checkpoints: mounted ? listCheckpoints().map(({ checkpoint }) => checkpoint) : [],
      logsShipped,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(error === undefined ? {} : { error }),
      ...(runningSince === undefined ? {} : { runningSince }),
    }
  }

  /** Takes over what a worker before this one left, then watches for the program's end. */
  async adopt(): Promise<void> {
    await this.#inTurn(() => this.#adopt())
    setInterval(() => void this.#inTurn(() => this.#monitor()), MONITOR_MS)
  }

  /**
   * The instance will be taken: the job is saved in time, whoever is there to hear of it. With an OpCenter that prepares
   * another instance, the program works on until it is asked for, or time runs short.
   */
  interrupted(at: number, openCenterHears: boolean): void {
    this.#interruptionAt = at
    const now = Date.now()
    this.saveBy = openCenterHears ? saveBy(now, at, jobMemoryInUse()) : now
    setTimeout(() => void this.#inTurn(() => this.#saveBeforeInterruption()), this.saveBy - now)
  }

  mountVolumes(params: WorkerParams<'mountVolumes'>): Promise<WorkerResult<'mountVolumes'>> {
    return this.#inTurn(async () => {
      const { jobId, attempt, epoch } = params
      if (this.#state && this.#state.phase !== 'idle') {
        if (this.#state.jobId !== jobId) throw new Error('This instance holds another job')
        if (this.#state.epoch !== epoch)
          throw new Error(`The volumes are mounted with epoch ${this.#state.epoch}`)
        return this.#inventory()
      }
      const volumes = await mountVolumes(jobId, epoch, params.volumes)
      await sweepIncomplete(volumes)
      this.#set({ jobId, attempt, epoch, volumes, phase: 'mounted', truncated: {} })
      const inventory = this.#inventory()
      // It had ended before its instance went away: what is left to do is to tell how, and to ship its last lines.
      if (inventory.exit?.attempt === attempt)
        this.#change({ phase: 'exited', exitCode: inventory.exit.exitCode })
      return inventory
    })
  }

  startJob(params: WorkerParams<'startJob'>): Promise<WorkerResult<'startJob'>> {
    return this.#begin(`start:${params.attempt}`, params, async (state) => {
      await sweepCheckpoints(state.volumes, params.attempt)
      await this.#emptyDisks(state)
      const { imageMs, bundle } = await prepare(this.#deps.images, { ...state, ...params })
      this.#change({ limits: bundle.limits })
      const containerMs = await startContainer(params.attempt)
      return { imageMs, containerMs }
    })
  }

  restoreJob(params: WorkerParams<'restoreJob'>): Promise<WorkerResult<'restoreJob'>> {
    return this.#begin(`restore:${params.attempt}:${params.seq}`, params, async (state, diskAt) => {
      const manifest = readManifest(params.seq)
      if (!manifest) throw new Error(`Checkpoint ${params.seq} does not exist on the volume`)
      const started = performance.now()
      if (diskAt !== params.seq) await rollBackDisks(manifest, state.volumes)
      this.#change({ truncated: manifest.logs })
      const { bundle } = await prepare(this.#deps.images, { ...state, ...params })
      this.#change({ limits: bundle.limits })
      await restoreContainer(manifest)
      return { restoreMs: Math.round(performance.now() - started) }
    })
  }

  captureJob({ captureId, kind }: WorkerParams<'captureJob'>): Promise<Checkpoint> {
    return this.#inTurn(() => this.#capture(captureId, kind))
  }

  stopJob({ graceSeconds }: WorkerParams<'stopJob'>): Promise<WorkerResult<'stopJob'>> {
    return this.#inTurn(async () => {
      if (this.#state?.phase === 'running') {
        await runc(['kill']).catch(() => undefined)
        await until(() => shimResult(), { withinMs: graceSeconds * 1000, late: () => 'grace is over' }).catch(
          async () => {
            await destroyContainer()
            const late = (): string => 'The program could not be ended'
            await until(() => shimResult(), { withinMs: KILLED_WITHIN_MS, late })
          },
        )
        await this.#monitor()
      }
      return this.#state?.exitCode === undefined ? {} : { exitCode: this.#state.exitCode }
    })
  }

  releaseVolumes(): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      const state = this.#state
      if (!state || state.phase === 'idle') return {}
      if (state.phase === 'running') throw new Error('The program runs; its volumes cannot be released')
      await destroyContainer()
      await removeBundle()
      await Promise.all([removeNetwork(), unmountVolumes(state.volumes)])
      const { limits: _limits, spec: _spec, ...rest } = state
      this.#set({ ...rest, phase: 'idle', volumes: [], truncated: {} })
      return {}
    })
  }

  #begin<T>(
    key: string,
    params: { jobId: string; attempt: number; spec: JobState['spec'] },
    work: (state: JobState, diskAt: number | undefined) => Promise<T>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      const state = this.#state
      if (!state || state.phase === 'idle') throw new Error('The volumes of the job are not mounted')
      if (state.jobId !== params.jobId) throw new Error('This instance holds another job')
      const repeated = state.begun?.key === key && (state.phase === 'running' || key.startsWith('start:'))
      if (repeated && state.phase !== 'failed') return state.begun!.result as T
      if (state.phase === 'running') throw new Error('The program runs already')
      const { exitCode: _exitCode, error: _error, runningSince: _since, begun: _begun, ...rest } = state
      const phase = key.startsWith('start:') ? 'preparing' : 'restoring'
      this.#set({ ...rest, phase, attempt: params.attempt, spec: params.spec })
      try {
        await destroyContainer()
        await removeBundle()
        rmSync(jobPlaces.exit, { force: true })
        const diskAt = touch()
        syncDirectory(places.jobVolume)
        const result = await work(this.#state!, diskAt)
        this.#change({ phase: 'running', runningSince: Date.now(), begun: { key, result } })
        void this.#inTurn(() => sweepCheckpoints(state.volumes, params.attempt))
        return result
      } catch (error) {
        await destroyContainer()
        await removeBundle().catch(() => undefined)
        this.#change({ phase: 'failed', error: wordsOf(error) })
        throw error
      } finally {
        if (this.#interruptionAt !== undefined) this.interrupted(this.#interruptionAt, true)
      }
    })
  }

  async #capture(captureId: string, kind: 'move' | 'snapshot'): Promise<Checkpoint> {
    const state = this.#state
    const last = state?.lastCapture
    if (last?.captureId === captureId) {
      if (last.error !== undefined) throw new Error(last.error)
      const manifest = last.seq === undefined ? undefined : readManifest(last.seq)
      if (manifest) return manifest.checkpoint
    }
    if (state?.phase === 'saved' && kind === 'move') {
      const newest = listCheckpoints().at(-1)
      if (newest) return newest.checkpoint
    }
    if (state?.phase !== 'running' || !state.limits) throw new Error('The program does not run here')
    this.#change({ phase: 'capturing', lastCapture: { captureId } })
    try {
      const { attempt, volumes, limits } = state
      const checkpoint = await capture({ kind, attempt, volumes, limits })
      if (kind === 'move') {
        const late = (): string => 'CRIU saved the program and did not end it'
        await until(() => shimResult(), { withinMs: KILLED_WITHIN_MS, late })
        await destroyContainer()
        await removeBundle()
        markUntouched(checkpoint.seq)
      }
      const { error: _error, ...rest } = this.#state!
      const phase = kind === 'move' ? 'saved' : 'running'
      this.#set({ ...rest, phase, lastCapture: { captureId, seq: checkpoint.seq } })
      // After a move there is something more urgent: what is too many goes when the program runs again.
      if (kind === 'snapshot') await sweepCheckpoints(volumes, attempt)
      return checkpoint
    } catch (error) {
      const failure = await captureFailure(error, state.volumes)
      const told = failure.message
      this.#change({ phase: 'running', error: told, lastCapture: { captureId, error: told } })
      await this.#monitor()
      throw failure
    }
  }

  async #saveBeforeInterruption(): Promise<void> {
    // A failed dump is tried again while there is time; the program ran on in between.
    for (let number = 1; this.#state?.phase === 'running'; number += 1) {
      try {
        await this.#capture(`interruption-${this.#interruptionAt}-${number}`, 'move')
      } catch (error) {
        this.#deps.log(`saving the job before the interruption failed: ${wordsOf(error)}`)
        if (number >= 3 || Date.now() > this.#interruptionAt!) return
      }
    }
  }

  async #adopt(): Promise<void> {
    const state = this.#state
    if (!state || state.phase === 'idle') return
    this.#deps.log(`the worker before this one left the job ${state.phase}`)
    if (['preparing', 'running', 'capturing', 'restoring'].includes(state.phase)) {
      const late = (): string => 'CRIU of the worker before this one does not end'
      await until(criuIsDone, { withinMs: CRIU_ENDS_WITHIN_MS, late })
      if ((await shimLives()) && (await containerRuns())) {
        await askShim('expectExit')
        this.#demoteMoves()
        if (state.limits) restoreMemoryLimit(state.limits)
        await connectNetwork()
        const key = state.begun ?? beginning(state)
        this.#change({ phase: 'running', runningSince: state.runningSince ?? Date.now(), begun: key })
        this.#deps.log('adopted the running job')
      } else await this.#settleEnded(state)
    }
    if (isMounted(places.jobVolume)) await sweepCheckpoints(state.volumes, state.attempt)
  }

  async #settleEnded(state: JobState): Promise<void> {
    const result = shimResult()
    const saved = listCheckpoints().at(-1)?.checkpoint.kind === 'move'
    if (result?.outcome === 'exited') this.#change({ phase: 'exited', exitCode: result.exitCode })
    else if (saved && state.phase === 'capturing') this.#change({ phase: 'saved' })
    else
      this.#change({
        phase: 'failed',
        error: result?.error ?? 'The worker ended while the job was being started',
      })
    await destroyContainer()
    await removeBundle()
  }

  /** A `move` whose program was thawed after all is a snapshot: the program is further than it. */
  #demoteMoves(): void {
    for (const manifest of listCheckpoints()) {
      const { checkpoint } = manifest
      if (checkpoint.kind === 'move' && checkpoint.seq === listCheckpoints().at(-1)?.checkpoint.seq) {
        writeManifest({ ...manifest, checkpoint: { ...checkpoint, kind: 'snapshot' } })
      }
    }
  }

  async #monitor(): Promise<void> {
    if (this.#state?.phase !== 'running') return
    const result = shimResult()
    if (result) {
      await destroyContainer()
      await removeBundle().catch(() => undefined)
      if (result.outcome === 'failed') this.#change({ phase: 'failed', error: result.error ?? 'runc failed' })
      else this.#change({ phase: 'exited', exitCode: result.exitCode })
      return
    }
    if (existsSync(places.shimSocket) && (await shimLives())) this.#lostShimSince = undefined
    else this.#lostShimSince ??= performance.now()
    if (this.#lostShimSince === undefined || performance.now() - this.#lostShimSince < 2000) return
    await destroyContainer()
    this.#change({ phase: 'failed', error: 'The process that holds the job on the instance was lost' })
  }

  async #emptyDisks(state: JobState): Promise<void> {
    const keep = existsSync(jobPlaces.logs) ? readdirSync(jobPlaces.logs).length > 0 : false
    for (const { path } of state.volumes) await replaceLive(path, undefined)
    await readyLive(state.volumes, keep)
    if (keep) this.#change({ truncated: { 'stdout.autosave': 0, 'stderr.autosave': 0 } })
  }

  #inventory(): WorkerResult<'mountVolumes'> {
    const exit = readJson(jobPlaces.exit, exitSchema)
    return {
      epoch: this.#state!.epoch,
      checkpoints: listCheckpoints().map(({ checkpoint }) => checkpoint),
      ...(exit ? { exit } : {}),
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch((error: unknown) => this.#deps.log(wordsOf(error)))
    return result
  }

  #change(part: Partial<JobState>): void {
    if (this.#state) this.#set({ ...this.#state, ...part })
  }

  #set(state: JobState): void {
    this.#state = state
    saveState(state)
    this.#deps.changed()
  }
}

const beginning = (state: JobState): { key: string; result: unknown } =>
  state.phase === 'preparing'
    ? { key: `start:${state.attempt}`, result: { imageMs: 0, containerMs: 0 } }
    : {
        key: `restore:${state.attempt}:${listCheckpoints().at(-1)?.checkpoint.seq ?? 0}`,
        result: { restoreMs: 0 },
      }

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
