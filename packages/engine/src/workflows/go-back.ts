import { type Job, machineSentence, type Range } from '@mmcloud/domain'
import { openMove } from '../open-moves.ts'
import type { Machine } from '../ports/records/migration-record.ts'
import type { RecordsTransaction } from '../ports/records/records.ts'
import { stuckAgain } from '../stuck-again.ts'
import { moveJob } from '../transitions.ts'
import type { Failure } from '../workflow/workflow.ts'

/**
 * A job whose policy asked for another size was saved for that, and now the size is not to be had. It need not stand still
 * for want of it: it goes on at the size it had, and the rule waits. Nothing where it was placed with that size already.
 */
export const goBack = async (
  tx: RecordsTransaction,
  job: Job,
  failure: Failure,
  at: number,
): Promise<Job | undefined> => {
  const move = job.workflow && (await openMove(tx, job.id, job.workflow))
  if (!move?.rule || !move.source || isOfSize(job.moveTo, move.source)) return undefined
  const { source, rule } = move
  const numbers = { rule, tried: failure.message, size: machineSentence(source) }
  return moveJob(tx, job, job.status, 'goesBack', numbers, at, {
    moveTo: { cpu: from(source.cpu, job.spec.cpu), memGB: from(source.memGB, job.spec.memGB) },
    stuck: stuckAgain(job.stuck, rule, 'noOffer', at),
    placeAfter: at,
  })
}

const isOfSize = (asked: Job['moveTo'], { cpu, memGB }: Machine): boolean =>
  asked?.cpu?.min === cpu && asked.memGB?.min === memGB

/** What it had, or more within its bounds. */
const from = (min: number, { max }: Range): Range =>
  max === undefined ? { min } : { min, max: Math.max(min, max) }
