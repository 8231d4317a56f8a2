import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { writeDurably } from '../system/durable.ts'
import { places } from '../system/places.ts'

/** The worker's own proof of who it is, got for its join token once. */
export const loadCredential = (): string | undefined =>
  existsSync(places.credential) ? readFileSync(places.credential, 'utf8').trim() : undefined

export const saveCredential = (credential: string): void => {
  mkdirSync(dirname(places.credential), { recursive: true, mode: 0o700 })
  writeDurably(places.credential, credential, 0o600)
}
