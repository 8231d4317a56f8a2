import { randomBytes } from 'node:crypto'
import {
  closeSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { MARK } from '@mmcloud/report/page/page'

/** The mark stands among the first lines. */
const HEAD_BYTES = 1024

/**
 * Throws unless a report may be written there: where nothing is, over one of our reports, or over any file with `force`.
 * What is no file (a folder, a device) is never replaced.
 */
export const checkReportPath = (path: string, force: boolean): void => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) {
    const folder = statSync(dirname(path), { throwIfNoEntry: false })
    if (!folder) throw new Error(`open ${path}: no such file or directory`)
    return
  }
  if (!found.isFile()) throw new Error(`${path} is not a file: a report is not written over it`)
  if (!force && !isReport(path))
    throw new Error(`${path} is there and is not a report; --force writes over it, or take another name`)
}

/** By rename, so that a reader meets the old page or the new one, whole. */
export const writeReport = (path: string, page: string): void => {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    writeFileSync(temporary, page, { flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(`open ${path}: ${code === 'EACCES' ? 'permission denied' : message}`, { cause: error })
  }
}

const isReport = (path: string): boolean => {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.toString('utf8', 0, readSync(file, head)).includes(MARK)
  } finally {
    closeSync(file)
  }
}
