import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PinStore } from '@mmcloud/client'

/** Where fingerprints are pinned: one line per OpCenter, `host:port sha256:…`. */
export const pinPath = (folder: string): string => join(folder, 'known_opcenters')

/** Lines are only ever appended, and the first of an OpCenter counts: parallel first contacts lose no pin. */
export const pinFile = (folder: string): PinStore => ({
  get: (endpoint) => readPins(folder).get(endpoint),
  set: (endpoint, fingerprint) =>
    appendFileSync(pinPath(folder), `${endpoint} sha256:${fingerprint}\n`, { mode: 0o600 }),
})

const readPins = (folder: string): Map<string, string> => {
  const pins = new Map<string, string>()
  for (const line of readIfThere(pinPath(folder)).split('\n')) {
    const parts = /^(\S+) sha256:([0-9a-f]{64})$/.exec(line.trim())
    if (parts?.[1] && parts[2] && !pins.has(parts[1])) pins.set(parts[1], parts[2])
  }
  return pins
}

/** A file that cannot be read must not count as a first contact. */
const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
