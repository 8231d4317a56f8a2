import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RegistryLogins } from './registry-logins.ts'

const run = promisify(execFile)

/** A registry that has not answered by then is told as one that does not. */
const REGISTRY_MS = 20_000

/**
 * Finds the digest of a registry's image: `docker://…` in, `sha256:…` out. Throws when there is none, `NoAnswerError` when that
 * is not known.
 */
export type InspectRegistry = (source: string) => Promise<string>

/** A registry that does not say whether it has the image: asked again later it may. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
  /** `the registry quay.io`. */
  readonly who: string

  constructor(who: string, options: ErrorOptions & { readonly said: string }) {
    super(options.said, options)
    this.who = who
  }
}

/** One question at a time about an image: a thousand tasks of it that are submitted at once ask its registry once. */
export const askedTogether = (inspect: InspectRegistry): InspectRegistry => {
  const underWay = new Map<string, Promise<string>>()
  return (source) => {
    const before = underWay.get(source)
    if (before) return before
    const asked = inspect(source).finally(() => underWay.delete(source))
    underWay.set(source, asked)
    return asked
  }
}

/** Asks the registry itself, with the operator's login to it if there is one. */
export const inspectWithSkopeo =
  (logins: RegistryLogins): InspectRegistry =>
  async (source) => {
    const login = logins.file === undefined ? [] : ['--authfile', logins.file]
    const args = ['inspect', ...login, '--no-tags', '--format', '{{.Digest}}', '--', source]
    const { stdout } = await run('skopeo', args, { timeout: REGISTRY_MS }).catch((cause: unknown) => {
      throw noAnswerIn(cause as SkopeoFailure) ?? cause
    })
    const digest = stdout.trim()
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`skopeo answered "${digest}"`)
    return digest
  }

type SkopeoFailure = { readonly killed?: boolean; readonly stderr?: string }

/** How skopeo tells that it got no answer, or none about the image: Go's words for networks, and a server's own troubles. */
const NO_ANSWER =
  /pinging container registry|dial tcp|i\/o timeout|TLS handshake|connection reset|: EOF|HTTP status: 5\d\d|toomanyrequests/

/** What a failed skopeo says, where that is not about the image. Exported for its test. */
export const noAnswerIn = (cause: SkopeoFailure): NoAnswerError | undefined => {
  const { killed, stderr: said = '' } = cause
  if (!killed && !NO_ANSWER.test(said)) return undefined
  const host = /pinging container registry ([^\s:]+(?::\d+)?)/.exec(said)?.[1]
  return new NoAnswerError(host === undefined ? 'its registry' : `the registry ${host}`, { cause, said })
}
