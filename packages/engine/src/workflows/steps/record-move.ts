import type { Checkpoint, Instance, Job, JobEvent, MigrationTrigger, Reason } from '@mmcloud/domain'
import { type Machine, machineOf, type MigrationRecord } from '../../ports/records/migration-record.ts'
import type { RecordsTransaction } from '../../ports/records/records.ts'
import type { StepContext } from '../../workflow/workflow.ts'
import { openMove } from '../../open-moves.ts'
import { instanceOf, targetOf } from './launch.ts'
import { ranOn } from './ran-on.ts'

/** A program that goes on: from which checkpoint, after how long, and what the worker measured. */
type GoneOn = {
  readonly job: Job
  readonly checkpoint: Checkpoint
  readonly standStillMs: number
  readonly phases: Readonly<Record<string, number>>
  readonly at: number
}

/** Completes the ledger's line of this move, or writes one for a job that was lost or rested; before the job is moved on. */
export const recordMove = async (
  tx: RecordsTransaction,
  context: StepContext,
  gone: GoneOn,
): Promise<void> => {
  const { job, checkpoint, standStillMs, at } = gone
  const underway = await openMove(tx, job.id, context.workflow.id)
  const begun = underway && job.status !== 'Resuming' ? underway : await lineFor(tx, context, job, underway)
  const target = await instanceOf(tx, targetOf(context))
  const source = begun.source && (await tx.instance(begun.source.instance))
  await tx.putMigration(job.id, {
    ...begun,
    target: machineOf(target.id, target.offer),
    endedAt: at,
    bytes: checkpoint.bytes,
    standStillMs,
    phases: { ...begun.phases, ...phasesOf(target, gone) },
    costUsd: costOf(target, source, at - standStillMs, at),
    outcome: 'done',
  })
}

/** Why a job is placed that has no move under way. */
const WHY: Partial<Record<Reason, MigrationTrigger>> = {
  instanceDied: 'lost',
  workerLost: 'lost',
  resumeAsked: 'resume',
  openCenterStopping: 'manual',
}

const lineFor = async (
  tx: RecordsTransaction,
  context: StepContext,
  job: Job,
  underway: MigrationRecord | undefined,
): Promise<MigrationRecord> => {
  const home = underway?.source ?? (await homeOf(tx, job))
  const why = (await tx.events(job.id)).findLast(({ reason }) => WHY[reason] !== undefined) as JobEvent
  return {
    id: context.workflow.id,
    trigger: WHY[why.reason]!,
    reason: why.reason,
    numbers: why.numbers,
    rule: '',
    alternatives: [],
    startedAt: context.workflow.startedAt,
    phases: {},
    outcome: 'underway',
    ...(home ? { source: home } : {}),
    // A rest is one line: the program left there and goes on here.
    ...(underway?.source ? { id: underway.id } : {}),
  }
}

const homeOf = async (tx: RecordsTransaction, job: Job): Promise<Machine | undefined> => {
  const home = await ranOn(tx, job)
  return home && machineOf(home.id, home.offer)
}

/**
 * Milliseconds. `launch` passes while the program works on, if it can; from `freeze` on it stands still. What is not freeze,
 * dump or restore of that is handing over: the disks, a launch that was late, and time in which there was no capacity.
 */
const phasesOf = (
  target: Instance,
  { checkpoint: { timings }, standStillMs, phases }: GoneOn,
): Readonly<Record<string, number>> => {
  const freeze = timings.freezeMs
  const dump = timings.dumpMs + timings.drainLogsMs + timings.syncMs
  const restore = phases['restoreMs'] ?? 0
  const launch = (target.readyAt ?? target.requestedAt) - target.requestedAt
  return { launch, freeze, dump, handOver: Math.max(0, standStillMs - freeze - dump - restore), restore }
}

const HOUR_MS = 3_600_000

/** The target until the program runs there, and the source from the freeze until it is given back. */
const costOf = (target: Instance, source: Instance | undefined, frozenAt: number, at: number): number => {
  const kept = source ? Math.max(0, (source.goneAt ?? at) - frozenAt) * source.offer.pricePerHour : 0
  return (target.offer.pricePerHour * (at - target.requestedAt) + kept) / HOUR_MS
}
