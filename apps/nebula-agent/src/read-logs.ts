import { UserError } from '@mmcloud/contract/user-error'
import type { OpenCenter } from './open-center.ts'
import { takeLines } from './take-lines.ts'

/** What a program writes to, in the order in which a page tells it. */
const FILES = ['stdout.autosave', 'stderr.autosave'] as const

/**
 * At most so many lines of what a job wrote, from where `token` says: how many bytes of each file have been told, `120.7`. Any
 * other token is the beginning. A job that has written nothing yet has no lines.
 */
export const readLogs = async (
  center: OpenCenter,
  job: string,
  token: string,
  most: number,
): Promise<{ readonly results: readonly string[]; readonly next: string }> => {
  const told = offsetsIn(token)
  const results: string[] = []
  const next: number[] = []
  for (const [at, file] of FILES.entries()) {
    const offset = told[at] ?? 0
    const page = results.length < most ? await pageOf(center, job, file, offset) : undefined
    const { lines, taken } = page
      ? takeLines(page.bytes, most - results.length, offset + page.bytes.length >= page.size)
      : { lines: [], taken: 0 }
    results.push(...lines)
    next.push(offset + taken)
  }
  return { results, next: next.join('.') }
}

const offsetsIn = (token: string): readonly number[] =>
  /^\d{1,15}(\.\d{1,15})?$/.test(token) ? token.split('.').map(Number) : []

const pageOf = async (
  center: OpenCenter,
  job: string,
  file: string,
  offset: number,
): Promise<{ readonly bytes: Uint8Array; readonly size: number } | undefined> => {
  try {
    return await center.readLog(job, file, offset)
  } catch (error) {
    if (error instanceof UserError && error.kind === 'notFound') return undefined
    throw error
  }
}
