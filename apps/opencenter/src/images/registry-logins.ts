import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

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
