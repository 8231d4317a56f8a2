import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ContainerSpec } from '@mmcloud/contract'

export type ImageAccess = {
  readonly store: string
  readonly openCenterUrl: string
  readonly certificate: string
  readonly instanceId: string
  readonly credential: () => string | undefined
}

/**
 * Arguments of `skopeo copy` up to the source. Logins lie in a file of mode 0600 in `temporary`, which the caller removes:
 * arguments are seen by every process of the instance.
 */
export const copyArguments = (
  access: ImageAccess,
  { source, digest, registryAuth }: ContainerSpec['image'],
  temporary: string,
): string[] => {
  const library = /^library:([a-z0-9._/-]+)/.exec(source)
  if (!library) {
    const pinned = withDigest(source, digest)
    const login = registryAuth === undefined ? [] : authFile(temporary, registryOf(pinned), registryAuth)
    return ['copy', '--quiet', ...login, pinned]
  }
  const credential = access.credential()
  if (!credential) throw new Error('The app library cannot be read before the worker has joined')
  const host = new URL(access.openCenterUrl).host
  const certificates = join(temporary, 'certificates')
  mkdirSync(certificates)
  writeFileSync(join(certificates, 'ca.crt'), access.certificate)
  const auth = Buffer.from(`${access.instanceId}:${credential}`).toString('base64')
  return [
    'copy',
    '--quiet',
    ...authFile(temporary, host, auth),
    '--src-cert-dir',
    certificates,
    `docker://${host}/library/${library[1]!}@${digest}`,
  ]
}

const authFile = (temporary: string, host: string, auth: string): string[] => {
  const file = join(temporary, 'auth.json')
  writeFileSync(file, JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 })
  return ['--authfile', file]
}

/** `docker://host/a/b@…` is of `host`; a first part that is no host name means Docker Hub. */
const registryOf = (reference: string): string => {
  const [first = '', ...rest] = reference.replace(/^docker:\/\//, '').split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}

/** A registry's name is pinned to the digest found at submit. Layouts and archives came to the library with the submit. */
const withDigest = (source: string, digest: string): string => {
  const [, name] = /^docker:\/\/([^@]+)/.exec(source) ?? []
  if (name === undefined) throw new Error(`"${source}" is an image of neither the library nor a registry`)
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  return `docker://${colon < 0 ? name : name.slice(0, colon)}@${digest}`
}
