import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'

/** Writes a file so that after a crash it is either the old one or the new one, whole. */
export const writeDurably = (path: string, content: string, mode = 0o644): void => {
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', mode)
  try {
    // Unlike writeSync it goes on when the disk takes only a part, or says that it is full.
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}

/** Makes renames and removals inside a directory durable. */
export const syncDirectory = (path: string): void => {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** The file's content when it is there, is JSON and fits; otherwise nothing. */
export const readJson = <T>(path: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return undefined
  }
}
