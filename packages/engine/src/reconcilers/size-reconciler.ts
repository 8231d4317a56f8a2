import type { Offer } from '@mmcloud/domain'
import type { EngineDeps } from '../engine-deps.ts'
import { StaleWriteError } from '../ports/records/records.ts'
import type { Reconciler, ReconcileReport } from './reconciler.ts'
import { sizeJob } from './size-job.ts'

/**
 * Looks at what every running job uses, and begins a move where its policy asks for another size. Apart from the job
 * reconciler: a cloud that is slow to say what it has keeps no job from being saved. The offers are asked for at most once
 * in a look, for all jobs.
 */
export const createSizeReconciler = (deps: EngineDeps, isDraining: () => boolean): Reconciler => ({
  name: 'sizes',
  activate: async (signal): Promise<ReconcileReport> => {
    if (isDraining()) return { looked: 0, acted: 0 }
    const jobs = await deps.records.read((view) => view.jobs({ live: true }))
    let asked: Promise<readonly Offer[]> | undefined
    const offers = (): Promise<readonly Offer[]> => (asked ??= deps.provider.offers(signal))
    let acted = 0
    for (const job of jobs) {
      signal.throwIfAborted()
      try {
        if (await sizeJob(deps, job, offers)) acted += 1
      } catch (error) {
        signal.throwIfAborted()
        // Somebody changed the job meanwhile: the decision is void, the next look will see what is now.
        if (!(error instanceof StaleWriteError))
          deps.log.error({ job: job.id, err: error }, 'what size the job needs could not be judged')
      }
    }
    return { looked: jobs.length, acted }
  },
})
