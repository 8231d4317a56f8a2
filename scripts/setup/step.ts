import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { checkout } from './places.ts'

/** One thing that set-up puts in place. Steps run in their listed order, and only when `isDone` says no. */
export type Step = {
  /** As a person reads it: "system image of instances". */
  readonly name: string
  readonly isDone: () => boolean
  readonly run: (progress: (what: string) => void) => Promise<void>
  /** What to do when it failed; shown below the failure. */
  readonly fix: string
}

/** Twelve hex digits that change when any of the named files of the checkout, or any of the words, changes. */
export const recipeHash = (files: readonly string[], words: readonly string[] = []): string => {
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(checkout, file)))
      .update('\0')
  for (const word of words) hash.update(`${word}\0`)
  return hash.digest('hex').slice(0, 12)
}

/**
 * Makes a directory in one go: built under a passing name beside its place, renamed when whole. What an earlier,
 * broken-off run left beside it is removed first; the machine's set-up lock makes that safe.
 */
export const buildInPlace = async (
  target: string,
  build: (passing: string) => Promise<void>,
): Promise<void> => {
  const passing = join(dirname(target), `.making-${basename(target)}`)
  rmSync(passing, { recursive: true, force: true })
  mkdirSync(dirname(target), { recursive: true })
  try {
    await build(passing)
    rmSync(target, { recursive: true, force: true })
    renameSync(passing, target)
  } catch (error) {
    rmSync(passing, { recursive: true, force: true })
    throw error
  }
}

/** Points a symbolic link at its sibling `name`, with no moment in which there is none. */
export const linkInPlace = (link: string, name: string): void => {
  const passing = `${link}.making`
  if (existsSync(dirname(link))) rmSync(passing, { force: true })
  symlinkSync(name, passing)
  renameSync(passing, link)
}
