import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'

const KEY_BYTES = 32

/**
 * The key from which workers' tokens follow, kept in `file`; made at the first call. A part of one, left by a crash while
 * it was written, is worth nothing: anybody could guess it.
 */
export const ensureWorkerKey = async (file: string): Promise<Buffer> => {
  const kept = await readFile(file).catch(undefinedWhenMissing)
  if (kept?.length === KEY_BYTES) return kept
  const key = randomBytes(KEY_BYTES)
  await writeFile(`${file}.new`, key, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return key
}

const undefinedWhenMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}
