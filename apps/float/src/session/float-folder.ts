import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'

/**
 * `~/.float`, made if absent. Without `HOME` the account's own home is used, and where there is none that can be
 * written a folder of this user alone below the temporary one.
 */
export const floatFolder = (env: Readonly<Record<string, string | undefined>>): string => {
  const failures: string[] = []
  for (const candidate of candidates(env)) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o700 })
      if (statSync(candidate).uid !== ownUid()) throw new Error('it belongs to another user')
      return candidate
    } catch (error) {
      failures.push(`${candidate} (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  throw new Error(`no folder for the session can be written: ${failures.join(', ')}`)
}

/** Writes by rename, readable by this user alone: a reader or a second writer never meets half a file. */
export const writeByRename = (path: string, text: string): void => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

const candidates = (env: Readonly<Record<string, string | undefined>>): string[] => {
  const homes = env['HOME'] ? [env['HOME']] : accountHome()
  return [...homes.map((home) => join(home, '.float')), join(tmpdir(), `float-${ownUid()}`)]
}

/** A container's user may have no entry in the password file. */
const accountHome = (): string[] => {
  try {
    return [userInfo().homedir || homedir()]
  } catch {
    return []
  }
}

const ownUid = (): number => process.getuid?.() ?? 0
