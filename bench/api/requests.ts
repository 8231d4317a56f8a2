import { readFile } from 'node:fs/promises'
import https from 'node:https'
import { join } from 'node:path'
import type { Product } from '@mmcloud/testkit'

/** One answered request. */
export type Answered = { readonly status: number; readonly ms: number }

export type Ask = (method: 'GET' | 'POST', path: string, body?: object) => Promise<Answered>

/** Asks over kept connections, as a client that stays does, with the password on every call. */
export const openRequests = async (product: Product, connections: number): Promise<Ask & Disposable> => {
  const ca = await readFile(join(product.dataDir, 'tls/cert.pem'))
  // The certificate is trusted by itself; its names are not what is measured.
  const agent = new https.Agent({
    keepAlive: true,
    maxSockets: connections,
    ca,
    checkServerIdentity: () => undefined,
  })
  const authorization = `Basic ${Buffer.from(`admin:${product.password}`).toString('base64')}`
  const ask: Ask = (method, path, body) =>
    new Promise((resolve, reject) => {
      const began = performance.now()
      const headers = { authorization, ...(body ? { 'content-type': 'application/json' } : {}) }
      const request = https.request(`${product.url}${path}`, { agent, method, headers }, (response) => {
        response.resume()
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began }))
      })
      request.on('error', reject)
      request.end(body && JSON.stringify(body))
    })
  return Object.assign(ask, { [Symbol.dispose]: () => agent.destroy() })
}
