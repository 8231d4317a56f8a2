import { type Job, UserError } from '@mmcloud/domain'
import { createGatewayCommands, type GatewayCommands } from './create-gateway-commands.ts'
import { createJobCommands } from './create-job-commands.ts'
import type { EngineDeps } from './engine-deps.ts'
import { createDiskCommands, type DiskCommands } from './kept-disks.ts'
import type { JobCommands } from './job-commands.ts'
import { withDeadlines } from './ports/provider/provider-with-deadlines.ts'
import { createGatewayReconciler } from './reconcilers/gateway-reconciler.ts'
import { createJobReconciler } from './reconcilers/job-reconciler.ts'
import type { Reconciler, ReconcileReport } from './reconcilers/reconciler.ts'
import { createSizeReconciler } from './reconcilers/size-reconciler.ts'
import { createSweepReconciler } from './reconcilers/sweep-reconciler.ts'
import { WorkflowRuns } from './workflow/workflow-runs.ts'

/** Jobs are looked at this often without a nudge; a nudge is at once. */
const JOBS_EVERY_MS = 500
const SIZES_EVERY_MS = 500
const GATEWAYS_EVERY_MS = 500
const SWEEP_EVERY_MS = 10_000
const DRAIN_LOOK_MS = 100

export type Engine = {
  readonly commands: JobCommands
  readonly gateways: GatewayCommands
  readonly disks: DiskCommands
  /** Something changed that may matter to a job: a report of a worker, a wish of a person. */
  nudge(): void
  /** Goes on with what was under way and looks after jobs until `stop`; `draining` = nothing new is begun, `drain` follows. */
  start(options?: { readonly draining?: boolean }): void
  /**
   * Saves every running job onto its volume, so that the local cloud can be stopped; the next start places them again.
   * Returns when no job is left on an instance; rejects, naming the jobs that are, when `signal` aborts first.
   */
  drain(signal: AbortSignal): Promise<void>
  /** Lets go of everything where it is; the records tell the next start where to go on. Running jobs never notice. */
  stop(): Promise<void>
}

/** The control plane in motion: reconcilers on a timer and a nudge, workflows from their log. */
export const createEngine = (given: EngineDeps): Engine => {
  const deps = { ...given, provider: withDeadlines(given.provider, given.clock) }
  const stopping = new AbortController()
  const loops: Promise<void>[] = []
  const sleepers = new Set<() => void>()
  let nudges = 0
  let draining = false
  const nudge = (): void => {
    nudges += 1
    for (const wake of sleepers) wake()
  }
  const runs = new WorkflowRuns(deps, nudge)
  const gateways = createGatewayReconciler(deps)

  /** Sleeps so long, or until the next nudge; not at all when there was one since `seen`. */
  const untilNudged = async (ms: number, seen: number): Promise<void> => {
    if (nudges !== seen) return
    const woken = new AbortController()
    const wake = (): void => woken.abort()
    sleepers.add(wake)
    await deps.clock.sleep(ms, AbortSignal.any([woken.signal, stopping.signal])).catch(() => undefined)
    sleepers.delete(wake)
  }

  const activate = async (reconciler: Reconciler): Promise<ReconcileReport> => {
    try {
      return await reconciler.activate(stopping.signal)
    } catch (error) {
      if (!stopping.signal.aborted)
        deps.log.error({ reconciler: reconciler.name, err: error }, 'a reconciler failed; it is tried again')
      return { looked: 0, acted: 0 }
    }
  }

  /** Whoever is told of an address is not refused there; should that fail, it is tried again. */
  const openDoors = async (): Promise<void> => void (await activate(gateways))

  const jobsLoop = async (): Promise<void> => {
    const jobs = createJobReconciler(deps, () => draining)
    while (!stopping.signal.aborted) {
      const seen = nudges
      await runs
        .takeUp(stopping.signal)
        .catch((error: unknown) => deps.log.error({ err: error }, 'open workflows could not be read'))
      await activate(jobs)
      await runs
        .takeUp(stopping.signal)
        .catch((error: unknown) => deps.log.error({ err: error }, 'open workflows could not be read'))
      await untilNudged(JOBS_EVERY_MS, seen)
    }
  }

  const gatewaysLoop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const seen = nudges
      const { looked } = await activate(gateways)
      // Where no job has one it is not looked again at every nudge.
      if (looked > 0) await untilNudged(GATEWAYS_EVERY_MS, seen)
      else await deps.clock.sleep(GATEWAYS_EVERY_MS, stopping.signal).catch(() => undefined)
    }
  }

  const sizesLoop = async (): Promise<void> => {
    const sizes = createSizeReconciler(deps, () => draining)
    while (!stopping.signal.aborted) {
      // The moves it has begun are carried out by the loop of the jobs.
      if ((await activate(sizes)).acted > 0) nudge()
      await deps.clock.sleep(SIZES_EVERY_MS, stopping.signal).catch(() => undefined)
    }
  }

  const sweepLoop = async (): Promise<void> => {
    const sweep = createSweepReconciler(deps)
    while (!stopping.signal.aborted) {
      await activate(sweep)
      await deps.clock.sleep(SWEEP_EVERY_MS, stopping.signal).catch(() => undefined)
    }
  }

  return {
    commands: createJobCommands(deps, { nudge, abandon: (job) => runs.abandon(job), openDoors }),
    gateways: createGatewayCommands(deps, openDoors),
    disks: createDiskCommands(deps),
    nudge,
    start: (options) => {
      draining = options?.draining ?? false
      loops.push(jobsLoop(), sizesLoop(), gatewaysLoop(), sweepLoop())
    },
    drain: async (signal) => {
      draining = true
      nudge()
      let unsaved: readonly Job[] = []
      try {
        for (;;) {
          const live = await deps.records.read((view) => view.jobs({ live: true }))
          unsaved = live.filter((job) => job.residence.kind === 'running' || job.workflow !== undefined)
          if (unsaved.length === 0) return
          if (unsaved.every(({ spec, workflow }) => spec.migrateDisabled && workflow === undefined))
            throw new Error('what is left may not be saved')
          // Again and again: what was open at our start is taken up only meanwhile.
          for (const job of unsaved) if (job.residence.kind !== 'running') runs.abandon(job.id)
          await deps.clock.sleep(DRAIN_LOOK_MS, signal)
        }
      } catch (cause) {
        // It goes on: what is saved already is placed again.
        draining = false
        nudge()
        if (unsaved.length === 0) throw cause
        const names = unsaved.map(
          ({ id, status, spec }) => `${id} (${spec.migrateDisabled ? '--disableMigrate' : status})`,
        )
        throw new UserError('internal', `not saved in time: ${names.join(', ')}`, { cause })
      }
    },
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
      await runs.allOver()
    },
  }
}
