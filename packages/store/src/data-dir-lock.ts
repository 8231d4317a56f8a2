import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Holds a data directory for one process. It is a lock of the kernel on a file (SQLite's own), so that the death of
 * its holder, however sudden, frees it. Undefined when another process holds it.
 */
export const lockDataDir = (dataDir: string): { release(): void } | undefined => {
  const file = join(dataDir, 'lock')
  const held = new DatabaseSync(file)
  chmodSync(file, 0o600)
  try {
    held.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    held.close()
    if (error instanceof Error && /locked|busy/.test(error.message)) return undefined
    throw error
  }
  return { release: () => held.close() }
}
