import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { invalidArgument, notFound, UserError } from '@mmcloud/domain'
import { z } from 'zod'

const REGISTRY_MS = 30_000

/** Which registry, or part of one, and as whom there. */
export type RegistryLogin = { readonly registry: string; readonly username: string }

const fileSchema = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
})
const DOCKER_HUB = ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/']

/**
 * The operator's logins to private registries: `registry-auth.json` in the data directory, as
 * `skopeo login --authfile` writes it. Read anew each time, so that a login works at once.
 */
export class RegistryLogins {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  /** For `skopeo --authfile`; nothing when nobody has logged in. */
  get file(): string | undefined {
    return existsSync(this.#file) ? this.#file : undefined
  }

  /** The login for an image `docker://…`, base64 of user:password: the one of the longest path that it lies under. */
  authFor(source: string): string | undefined {
    if (!source.startsWith('docker://') || this.file === undefined) return undefined
    const auths = this.#read()
    return keysOf(source)
      .map((key) => auths[key]?.auth)
      .find((auth) => auth !== undefined)
  }

  /** By registry. */
  list(): RegistryLogin[] {
    if (this.file === undefined) return []
    return Object.entries(this.#read())
      .map(([registry, { auth = '' }]) => ({
        registry,
        username: Buffer.from(auth, 'base64').toString('utf8').split(':')[0] ?? '',
      }))
      .toSorted((a, b) => a.registry.localeCompare(b.registry))
  }

  /** Asks the registry first: a login that it refuses is not kept. Replaces one that there was. */
  async login({ registry, username }: RegistryLogin, password: string): Promise<void> {
    try {
      // The password goes through a pipe: arguments can be read by everybody on the machine.
      await this.#skopeo(['login', '--username', username, '--password-stdin', registry], password)
    } catch (error) {
      const detail = String((error as { readonly stderr?: string }).stderr ?? error)
      if (/unauthorized|invalid username\/password|authentication required/i.test(detail))
        throw invalidArgument(`${registry} refuses this user name or password`)
      throw new UserError('conflict', `${registry} cannot be asked now; nothing was kept`, { detail })
    }
  }

  async logout(registry: string): Promise<void> {
    if (!this.list().some((login) => login.registry === registry))
      throw notFound(`login to registry ${registry}`)
    await this.#skopeo(['logout', registry])
  }

  async #skopeo([verb, ...args]: readonly [string, ...string[]], input = ''): Promise<void> {
    const running = promisify(execFile)('skopeo', [verb, '--authfile', this.#file, ...args], {
      timeout: REGISTRY_MS,
    })
    running.child.stdin?.on('error', () => undefined).end(input)
    await running
  }

  #read(): z.infer<typeof fileSchema>['auths'] {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#file, 'utf8'))).auths
    } catch {
      // What the parser says would quote the secrets.
      throw new Error(`${this.#file} is not a file of registry logins as skopeo writes it`)
    }
  }
}

const keysOf = (source: string): string[] => {
  const name = source.replace(/^docker:\/\//, '').replace(/@.*$/, '')
  const parts = name.split('/')
  parts.push(parts.pop()!.replace(/:.*$/, ''))
  const named = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!)
  const path = named ? parts : ['docker.io', ...parts]
  const prefixes = path.map((_part, index) => path.slice(0, path.length - index).join('/'))
  return path[0] === 'docker.io' ? [...prefixes, ...DOCKER_HUB] : prefixes
}
