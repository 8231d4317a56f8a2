import { mkdirSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerSpec, WorkerJob, WorkerParams, WorkerResult } from '@mmcloud/contract'
import { capture, type Checkpoint } from '../checkpoint/capture.ts'
import { readManifest, sweepCheckpoints, sweepIncomplete } from '../checkpoint/manifest.ts'
import { rollBackDisks, touch } from '../checkpoint/restore.ts'
import { removeBundle, writeConfiguration } from '../container/bundle.ts'
import { destroyContainer, pauseContainer, resumeContainer } from '../container/runc.ts'
import type { ImageAccess } from '../image/ensure-image.ts'
import { Interruption } from '../interruption/interruption.ts'
import { saveInTime } from '../interruption/save-in-time.ts'
import { Refusal } from '../link/refusal.ts'
import { unmountStorage } from '../mounts/storage.ts'
import type { FetchSecret } from '../secrets/fetch-secret.ts'
import { fillIn, fillInEnv } from '../secrets/fill-in.ts'
import { shimLog } from '../shim/client.ts'
import { syncDirectory } from '../system/durable.ts'
import { jobPlaces, places } from '../system/places.ts'
import { isMounted, mountVolumes, unmountVolumes } from '../volumes/volumes.ts'
import { prepare, restoreContainer, startContainer, verifyImages } from './begin.ts'
import { Brake } from './brake.ts'
import { type Beginning, beginningKey, beginOrAnswer } from './begin-rule.ts'
import { captureFailure } from './capture-error.ts'
import { capturedBefore } from './captured-before.ts'
import { emptyDisks } from './empty-disks.ts'
import { runHostHook } from './host-hook.ts'
import { endSaved, stopProgram } from './end-program.ts'
import { inventory, jobReport } from './job-report.ts'
import { type JobState, loadState, saveState } from './job-state.ts'
import { crashedOfCapture, programEnd } from './program-watch.ts'
import { takeOver } from './take-over.ts'

const MONITOR_MS = 100

export type RunnerDeps = {
  readonly images: ImageAccess
  readonly fetchSecret: FetchSecret
  readonly changed: () => void
  readonly log: (message: string) => void
}

/** The one job of this instance: one operation at a time, each step on record before and after. */
export class JobRunner {
  readonly #deps: RunnerDeps
  #state: JobState | undefined
  #queue: Promise<unknown> = Promise.resolve()
  readonly interruption = new Interruption((takenAt) => void this.#saveBeforeInterruption(takenAt))
  readonly #brake = new Brake()
  #looks = false

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

  /** Whose program runs here, or ran last. */
  get jobId(): string | undefined {
    return this.#state?.jobId
  }

  /** For what is measured: the program's limits and disks while it runs, and is neither frozen nor being saved. */
  get running(): Pick<JobState, 'limits' | 'volumes'> | undefined {
    return this.#state?.phase === 'running' && this.#state.brakedAt === undefined ? this.#state : undefined
  }

  /** Its disks that are mounted here. */
  get volumes(): JobState['volumes'] {
    return this.#state?.volumes ?? []
  }

  truncationShipped(file: string): void {
    if (!this.#state) return
    const { [file]: _shipped, ...truncated } = this.#state.truncated
    this.#change({ truncated })
  }

  report(logsShipped: boolean): WorkerJob | undefined {
    return this.#state && jobReport(this.#state, logsShipped)
  }

  /** Takes over what a worker before this one left, then watches for the program's end. */
  async adopt(): Promise<void> {
    await this.#inTurn(() => this.#adopt())
    setInterval(() => this.#look(), MONITOR_MS)
  }

  mountVolumes(params: WorkerParams<'mountVolumes'>): Promise<WorkerResult<'mountVolumes'>> {
    return this.#inTurn(async () => {
      const { jobId, attempt, epoch } = params
      if (this.#state && this.#state.phase !== 'idle') {
        if (this.#state.jobId !== jobId) throw new Error('This instance holds another job')
        if (this.#state.epoch !== epoch)
          throw new Error(`The volumes are mounted with epoch ${this.#state.epoch}`)
        return inventory(epoch)
      }
      const volumes = await mountVolumes(jobId, epoch, params.volumes)
      await sweepIncomplete(volumes)
      this.#set({ jobId, attempt, epoch, volumes, phase: 'mounted', truncated: {} })
      const found = inventory(epoch)
      // It had ended before its instance went away: what is left to do is to tell how, and to ship its last lines.
      if (found.exit?.attempt === attempt) this.#change({ phase: 'exited', exitCode: found.exit.exitCode })
      return found
    })
  }

  startJob(params: WorkerParams<'startJob'>): Promise<WorkerResult<'startJob'>> {
    const asked = { what: 'start', ...params } as const
    return this.#begin(asked, async (state) => {
      const spec = await fillIn(params.spec, this.#deps.fetchSecret)
      await sweepCheckpoints(state.volumes, params.attempt)
      const truncated = await emptyDisks(state.volumes)
      if (truncated) this.#change({ truncated })
      await this.#initHost(params.jobId, params.spec)
      const { imageMs, bundle } = await prepare(this.#deps, { ...state, ...params, spec })
      const { neverSaved } = spec
      this.#change({ limits: bundle.limits, ...(neverSaved ? { neverSaved } : {}) })
      const containerMs = await startContainer(params.attempt)
      // From here on only the program's memory holds its secrets; what is restored from it has them already.
      writeConfiguration({ ...bundle, spec: params.spec })
      return { imageMs, containerMs }
    })
  }

  restoreJob(params: WorkerParams<'restoreJob'>): Promise<WorkerResult<'restoreJob'>> {
    const asked = { what: 'restore', ...params } as const
    return this.#begin(asked, async (state, diskAt) => {
      const manifest = readManifest(params.seq)
      if (!manifest)
        throw new Refusal('damaged', new Error(`Checkpoint ${params.seq} does not exist on the volume`))
      const started = performance.now()
      const verified = verifyImages(manifest)
      if (diskAt !== params.seq) await rollBackDisks(manifest, state.volumes)
      this.#change({ truncated: manifest.logs })
      await this.#initHost(params.jobId, params.spec)
      const { bundle } = await prepare(this.#deps, { ...state, ...params })
      this.#change({ limits: bundle.limits })
      await restoreContainer(manifest, verified)
      return { restoreMs: Math.round(performance.now() - started) }
    })
  }

  /** In turn: not while anything else is done here. */
  terminateHost({
    jobId,
    script,
    env,
  }: WorkerParams<'terminateHost'>): Promise<WorkerResult<'terminateHost'>> {
    return this.#inTurn(async () =>
      runHostHook({
        name: 'hostTerminate',
        jobId,
        script,
        env: await fillInEnv(env, this.#deps.fetchSecret),
      }),
    )
  }

  captureJob({ captureId, kind }: WorkerParams<'captureJob'>): Promise<Checkpoint> {
    return this.#inTurn(() => this.#capture(captureId, kind))
  }

  stopJob({ graceSeconds }: WorkerParams<'stopJob'>): Promise<WorkerResult<'stopJob'>> {
    return this.#inTurn(async () => {
      if (this.#state?.phase === 'running') {
        await this.#thaw()
        await stopProgram(graceSeconds)
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
      await unmountStorage()
      await unmountVolumes(state.volumes)
      const { limits: _limits, ...rest } = state
      this.#set({ ...rest, phase: 'idle', volumes: [], truncated: {} })
      return {}
    })
  }

  /** What the owner does on each instance before the program comes; a failure begins nothing. */
  async #initHost(jobId: string, { dirMaps = [], hostInit, env }: ContainerSpec): Promise<void> {
    for (const { host } of dirMaps) mkdirSync(host, { recursive: true })
    if (hostInit === undefined) return
    const { exitCode, said } = await runHostHook({
      name: 'hostInit',
      jobId,
      script: hostInit,
      env: await fillInEnv(env, this.#deps.fetchSecret),
      log: `${jobPlaces.logs}/hostinit.autosave`,
    })
    if (exitCode !== 0)
      throw new Error(`--hostInit ended with exit code ${exitCode}: ${said || 'it said nothing'}`)
  }

  #begin<T>(asked: Beginning, work: (state: JobState, diskAt: number | undefined) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      const answered = beginOrAnswer(this.#state, asked) === 'answer'
      const state = this.#state!
      if (answered) return state.begun!.result as T
      const { exitCode: _code, outOfMemoryMiB: _limit, error: _error, brakedAt: _braked, ...before } = state
      this.#brake.forget()
      const { runningSince: _since, begun: _begun, ...rest } = before
      const phase = asked.what === 'start' ? 'preparing' : 'restoring'
      this.#set({ ...rest, phase, attempt: asked.attempt })
      try {
        await destroyContainer()
        await removeBundle()
        for (const end of [jobPlaces.exit, places.shimResult]) rmSync(end, { force: true })
        const diskAt = touch()
        syncDirectory(places.jobVolume)
        const result = await work(this.#state!, diskAt)
        const begun = { key: beginningKey(asked), result }
        this.#change({ phase: 'running', runningSince: Date.now(), begun })
        this.#later(() => sweepCheckpoints(state.volumes, asked.attempt))
        return result
      } catch (error) {
        await destroyContainer()
        await removeBundle().catch(() => undefined)
        this.#change({ phase: 'failed', error: wordsOf(error) })
        throw error
      } finally {
        this.interruption.reckonAnew()
      }
    })
  }

  async #capture(captureId: string, kind: 'move' | 'snapshot'): Promise<Checkpoint> {
    const state = this.#state
    const before = capturedBefore(state, captureId, kind)
    if (before) return before
    if (state?.phase !== 'running' || !state.limits) throw new Error('The program does not run here')
    this.#change({ phase: 'capturing', lastCapture: { captureId } })
    try {
      await this.#thaw()
      const { attempt, volumes, limits, brakedAt } = state
      const frozen = brakedAt === undefined ? {} : { frozenSince: brakedAt }
      const checkpoint = await capture({ kind, attempt, volumes, limits, ...frozen })
      if (kind === 'move') await endSaved(checkpoint.seq, this.#deps.log)
      const { error: _error, ...rest } = this.#state!
      const phase = kind === 'move' ? 'saved' : 'running'
      this.#set({ ...rest, phase, lastCapture: { captureId, seq: checkpoint.seq } })
      // After a move there is something more urgent: what is too many goes when the program runs again.
      if (kind === 'snapshot') this.#later(() => sweepCheckpoints(volumes, attempt))
      return checkpoint
    } catch (error) {
      const failure = await captureFailure(error, state.volumes)
      const told = failure.message
      this.#change({ phase: 'running', error: told, lastCapture: { captureId, error: told } })
      await this.#monitor()
      throw failure
    }
  }

  #saveBeforeInterruption(at: number): Promise<void> {
    return saveInTime({
      takenAt: at,
      save: (number) =>
        this.#inTurn(async () => {
          if (this.#state?.phase === 'running' && !this.#state.neverSaved)
            await this.#capture(`interruption-${at}-${number}`, 'move')
        }),
      failed: () =>
        this.#deps.log('saving the job before the interruption failed; tried again while there is time'),
      now: Date.now,
      pause: sleep,
    })
  }

  async #adopt(): Promise<void> {
    const state = this.#state
    if (!state || state.phase === 'idle') return
    this.#deps.log(`the worker before this one left the job ${state.phase}`)
    if (['preparing', 'running', 'capturing', 'restoring'].includes(state.phase)) {
      const found = await takeOver(state)
      this.#change(found)
      if (found.phase === 'running') this.#deps.log('adopted the running job')
    }
    if (isMounted(places.jobVolume)) this.#later(() => sweepCheckpoints(state.volumes, state.attempt))
  }

  /** A job that was frozen early, and cannot be moved now, goes on; late it is frozen again before it would be killed. */
  setBrake({ when }: WorkerParams<'setBrake'>): Promise<Record<string, never>> {
    return this.#inTurn(async () => {
      if (when !== 'early') await this.#thaw()
      this.#change({ brake: when })
      return {}
    })
  }

  /** A program that is to be saved or ended must be able to run for that. */
  async #thaw(): Promise<void> {
    this.#brake.forget()
    if (this.#state?.brakedAt === undefined) return
    await resumeContainer()
    this.#change({ brakedAt: undefined })
  }

  async #brakeInTime(): Promise<void> {
    const { phase, brake = 'never', brakedAt, limits } = this.#state ?? {}
    if (phase !== 'running' || brake === 'never' || brakedAt !== undefined || !limits) return
    if (!this.#brake.isDue(brake, limits)) return
    await pauseContainer()
    this.#deps.log('memory runs out: the program is frozen until it is moved')
    this.#change({ brakedAt: Date.now() })
  }

  /** What takes long is followed by one look, not by all that it held up. */
  #look(): void {
    if (this.#looks) return
    this.#looks = true
    this.#later(() => this.#monitor().finally(() => (this.#looks = false)))
  }

  async #monitor(): Promise<void> {
    await this.#brakeInTime()
    const end = this.#state?.phase === 'running' ? await programEnd(this.#state.limits) : undefined
    if (end?.phase === 'failed') this.#deps.log(`the program is lost; its shim said:\n${shimLog()}`)
    const crashed = end && crashedOfCapture(end, this.#state?.lastCapture)
    // Nobody is to find later that it has ended by itself.
    if (crashed) rmSync(jobPlaces.exit, { force: true })
    if (end) this.#change(crashed ?? end)
  }

  /** Nobody waits for it, and what becomes of it changes nothing for the job: a failure is in the log. */
  #later(work: () => Promise<void>): void {
    this.#inTurn(work).catch(() => undefined)
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

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
