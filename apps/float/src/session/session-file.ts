import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeByRename } from './float-folder.ts'

/** The last login. `address` is echoed as the user typed it. */
export type SavedSession = {
  readonly address: string
  readonly username: string
  readonly role: string
  readonly token: string
}

const KEYS = ['address', 'username', 'role', 'token'] as const
const fileIn = (folder: string): string => join(folder, 'session.yaml')

/** Nothing when there was no login, or the file is not one of ours. */
export const readSession = (folder: string): SavedSession | undefined => {
  let text: string
  try {
    text = readFileSync(fileIn(folder), 'utf8')
  } catch {
    return undefined
  }
  const values = new Map(text.split('\n').map(keyAndValue))
  const [address, username, role, token] = KEYS.map((key) => values.get(key))
  if (!address || !username || !role || !token) return undefined
  return { address, username, role, token }
}

/** Scripts read the address with grep, so it stands bare; the token may hold anything and is quoted. */
export const writeSession = (folder: string, session: SavedSession): void => {
  const lines = KEYS.map((key) => `${key}: ${key === 'token' ? JSON.stringify(session[key]) : session[key]}`)
  writeByRename(fileIn(folder), `${lines.join('\n')}\n`)
}

export const removeSession = (folder: string): void => rmSync(fileIn(folder), { force: true })

const keyAndValue = (line: string): [string, string] => {
  const colon = line.indexOf(':')
  const value = line.slice(colon + 1).trim()
  return [line.slice(0, colon), value.startsWith('"') ? unquoted(value) : value]
}

const unquoted = (value: string): string => {
  try {
    return String(JSON.parse(value))
  } catch {
    return ''
  }
}
