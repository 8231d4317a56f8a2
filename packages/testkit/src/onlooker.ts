import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient, httpsTransport, parseAddress } from '@mmcloud/client'
import type { EventView, JobView } from '@mmcloud/contract'
import { UserError } from '@mmcloud/contract/user-error'

/** Where an OpCenter is, and who looks. */
export type Looking = { readonly address: string; readonly dataDir: string; readonly password: string }

/**
 * Looks at jobs by REST while a test waits for something: a `float` for each look would be half of what a test run costs the
 * machine.
 */
export class Onlooker {
  readonly #client: Client
  readonly close: () => void

  private constructor(client: Client, close: () => void) {
    this.#client = client
    this.close = close
  }

  /** Logs in as the admin. */
  static async begin({ address, dataDir, password }: Looking): Promise<Onlooker> {
    const pem = await readFile(join(dataDir, 'tls', 'cert.pem'), 'utf8')
    const transport = httpsTransport(parseAddress(address), { kind: 'ca', pem })
    const login = createClient(transport, { kind: 'password', username: 'admin', password })
    const { token } = await login.login()
    return new Onlooker(createClient(transport, { kind: 'token', token }), transport.close)
  }

  job(id: string): Promise<JobView> {
    return this.#client.call('job', { params: { id } })
  }

  async events(id: string): Promise<readonly EventView[]> {
    return (await this.#client.call('events', { params: { id } })).events
  }

  /** All of a file of its log; empty where there is none yet. */
  async log(id: string, file: string): Promise<string> {
    const pages: Uint8Array[] = []
    try {
      for (let offset = 0; ; ) {
        const { bytes, size } = await this.#client.readLog(id, file, offset)
        pages.push(bytes)
        offset += bytes.length
        if (bytes.length === 0 || offset >= size) return Buffer.concat(pages).toString('utf8')
      }
    } catch (error) {
      if (error instanceof UserError && error.kind === 'notFound') return ''
      throw error
    }
  }
}
