import { isJobId } from '@mmcloud/domain'
import type { Context } from '../command.ts'
import { UsageError } from '../arguments.ts'

/**
 * The job named with `-j`, or by a word alone, as `scancel ID` does, or the one we are inside; the server says whether
 * there is one.
 */
export const jobId = ({ args, world }: Context): string => {
  const id = args.value('job')?.trim() || args.words.find(isJobId) || world.env['FLOAT_JOB_ID']
  if (!id) throw new UsageError('which job? name it with -j ID; "float list" shows them')
  return id
}

/** Asks before something is ended or moved: on a terminal only, and never with `--force`. */
export const confirmed = async ({ args, world }: Context, question: string): Promise<boolean> => {
  if (args.isSet('force') || !world.ask) return true
  return /^y(es)?$/i.test((await world.ask(`${question} [y/N] `, { hidden: false })).trim())
}
