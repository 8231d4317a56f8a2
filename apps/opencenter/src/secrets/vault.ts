import { createHmac, randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { notFound, UserError } from '@mmcloud/domain'
import type { SealedSecret, Secrets } from '@mmcloud/store'
import { KEY_BYTES, seal, type SecretId, unseal } from './seal.ts'

/** Hex digits of a digest: enough for two values of a user never to meet. */
const NAME_DIGITS = 24

/** The secrets of users; their values only pass through. */
export type Vault = {
  names(user: string): Promise<readonly string[]>
  /** Throws `notFound` by name. */
  get(id: SecretId): Promise<string>
  set(id: SecretId, value: string): Promise<void>
  /** Keeps a value that has no name yet; the same value of a user gets the same name, which tells nothing of it. */
  keep(user: string, value: string): Promise<string>
  unset(id: SecretId): Promise<void>
  /** Why no value can be read or kept, for a person; absent when all is well. */
  readonly trouble?: string
}

/**
 * Opens the vault with the key kept in `keyFile`, which is made when nothing was sealed yet. A key that is lost or another
 * one is never replaced: the OpCenter runs on without values until the right one is put back, or every secret is unset.
 */
export const openVault = async (keyFile: string, secrets: Secrets): Promise<Vault> => {
  const key = await openKey(keyFile, await secrets.all())
  const bytes = (): Buffer => {
    if ('trouble' in key) throw new UserError('conflict', key.trouble)
    return key.bytes
  }
  const set = async (id: SecretId, value: string): Promise<void> =>
    secrets.put({ ...id, sealed: seal(bytes(), id, value) })
  return {
    names: (user) => secrets.names(user),
    get: async (id) => {
      const sealed = await secrets.sealed(id.user, id.name)
      if (sealed === undefined) throw notFound(`secret ${id.name}`)
      const value = unseal(bytes(), id, sealed)
      if (value === undefined)
        throw new UserError('conflict', `What is kept of secret ${id.name} is damaged; set it again`)
      return value
    },
    set,
    keep: async (user, value) => {
      const digest = createHmac('sha256', bytes())
        .update(JSON.stringify([user, value]))
        .digest('hex')
      const name = `key-${digest.slice(0, NAME_DIGITS)}`
      await set({ user, name }, value)
      return name
    },
    unset: async (id) => {
      if (!(await secrets.remove(id.user, id.name))) throw notFound(`secret ${id.name}`)
    },
    ...('trouble' in key ? { trouble: key.trouble } : {}),
  }
}

type Key = { readonly bytes: Buffer } | { readonly trouble: string }

const openKey = async (file: string, kept: readonly SealedSecret[]): Promise<Key> => {
  const found = await readFile(file).catch(undefinedWhenMissing)
  if (!found && kept.length === 0) return { bytes: await make(file) }
  if (!found) return unusable(`The key of the secrets is lost, ${file} is not there`)
  if (found.length !== KEY_BYTES)
    return unusable(`${file} is no key of secrets, it has not ${KEY_BYTES} bytes`)
  const opens = ({ sealed, ...id }: SealedSecret): boolean => unseal(found, id, sealed) !== undefined
  if (kept.length > 0 && !kept.some(opens))
    return unusable(`${file} is not the key that the secrets were encrypted with`)
  return { bytes: found }
}

const unusable = (what: string): Key => ({
  trouble: `${what}: put the right one back and start again; until then no secret can be read or set`,
})

const make = async (file: string): Promise<Buffer> => {
  const key = randomBytes(KEY_BYTES)
  await writeFile(`${file}.new`, key, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return key
}

const undefinedWhenMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}
