import {
  type Job,
  type MigrationTrigger,
  newCaptureId,
  newInstanceId,
  type Offer,
  type Reason,
  type ReasonNumbers,
  type RejectedOffer,
} from '@mmcloud/domain'
import { beginWorkflow } from './begin-workflow.ts'
import type { EngineDeps } from './engine-deps.ts'
import { machineOf } from './ports/records/migration-record.ts'
import type { RecordsTransaction } from './ports/records/records.ts'
import { patchJob } from './transitions.ts'

/** A move of a running job: what asked for it, on which numbers, and what becomes of the job once it is saved. */
export type FloatWish = {
  readonly trigger: MigrationTrigger
  readonly reason: Reason
  readonly numbers: ReasonNumbers
  readonly rule?: string
  readonly alternatives?: readonly RejectedOffer[]
  /** How long it took from the first sign to the decision. */
  readonly decideMs?: number
  /** `rest`: it stays saved where it is. */
  readonly afterwards: 'run' | 'rest'
  /** Nothing is rented before it is saved. */
  readonly saveFirst?: boolean
  /** The size it goes to, and is placed with from now on; absent = as before. */
  readonly moveTo?: Job['moveTo']
  /** Only these may be rented while the program still runs, best first; absent = whatever fits, the cheapest first. */
  readonly offers?: readonly Offer[]
}

/** Records the move and its line in the ledger, and takes the job for it. The job must be running. */
export const beginFloat = async (
  deps: EngineDeps,
  tx: RecordsTransaction,
  job: Job,
  wish: FloatWish,
): Promise<Job> => {
  if (job.residence.kind !== 'running') throw new Error(`job ${job.id} runs on no instance`)
  const source = job.residence.instance
  const { moveTo } = wish
  const sized = moveTo ? await patchJob(tx, job, { moveTo }, deps.clock.now()) : job
  const floating = await beginWorkflow(deps, tx, sized, 'float', {
    trigger: wish.trigger,
    afterwards: wish.afterwards,
    source,
    target: newInstanceId(deps.random),
    captureId: newCaptureId(deps.random),
    saveFirst: wish.saveFirst ?? false,
    sizeBefore: job.moveTo ?? null,
    offers: wish.offers?.map(({ instanceType, market }) => ({ instanceType, market })) ?? null,
  })
  const instance = await tx.instance(source)
  await tx.putMigration(job.id, {
    id: floating.workflow!,
    trigger: wish.trigger,
    reason: wish.reason,
    numbers: wish.numbers,
    rule: wish.rule ?? '',
    alternatives: wish.alternatives ?? [],
    ...(instance ? { source: machineOf(source, instance.offer) } : {}),
    startedAt: deps.clock.now(),
    phases: { decide: wish.decideMs ?? 0 },
    outcome: 'underway',
  })
  return floating
}
