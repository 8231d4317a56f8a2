import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32

/** Whose secret it is and what it is called: sealed along, so that no value can be passed off as another's. */
export type SecretId = { readonly user: string; readonly name: string }

/** base64 of nonce, tag and what is encrypted. */
export const seal = (key: Buffer, id: SecretId, value: string): string => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(dataOf(id))
  const encrypted = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64')
}

/** Nothing when it was sealed with another key or for another id, or is damaged. */
export const unseal = (key: Buffer, id: SecretId, sealed: string): string | undefined => {
  const bytes = Buffer.from(sealed, 'base64')
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)]
  try {
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(dataOf(id)).setAuthTag(tag)
    const encrypted = bytes.subarray(NONCE_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** As JSON, because two names that are put together could be two others. */
const dataOf = ({ user, name }: SecretId): Buffer => Buffer.from(JSON.stringify([user, name]))
