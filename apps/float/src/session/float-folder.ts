import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'

/** The folder of sessions and pins, made if absent. */
export const floatFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  firstWritable(folderCandidates(env))

/**
 * `~/.float`; without `HOME` that of the account's own home; where neither can be written a folder of this user alone
 * below the temporary one.
 */
export const folderCandidates = (env: Readonly<Record<string, string | undefined>>): readonly string[] => {
  const homes = env['HOME'] ? [env['HOME']] : accountHome()
  return [...homes.map((home) => join(home, '.float')), join(tmpdir(), `float-${ownUid()}`)]
}

/** Makes the first that can be made and that no stranger writes to: below the temporary folder it must be our own. */
export const firstWritable = (folders: readonly string[]): string => {
  const failures: string[] = []
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      accessSync(folder, constants.W_OK)
      const { mode, uid } = statSync(folder)
      const strange = uid !== ownUid() && dirname(folder) === tmpdir()
      if (strange || (mode & 0o022) !== 0) throw new Error('others may write to it')
      return folder
    } catch (error) {
      failures.push(`${folder} (${error instanceof Error ? error.message : String(error)})`)
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

/** A container's user may have no entry in the password file. */
const accountHome = (): string[] => {
  try {
    return [userInfo().homedir || homedir()]
  } catch {
    return []
  }
}

const ownUid = (): number => process.getuid?.() ?? 0
