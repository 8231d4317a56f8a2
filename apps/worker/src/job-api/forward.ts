import { Agent, request } from 'node:https'
import { WORKER_SCHEME } from '@mmcloud/contract'
import type { Answer, Forwarded } from './handle-call.ts'

/** The OpCenter answers what a job may ask within a fraction of this. */
const ANSWER_MS = 30_000

export type OpenCenterAccess = {
  readonly openCenterUrl: string
  readonly certificate: string
  readonly instanceId: string
  readonly credential: () => string | undefined
}

/** Asks the OpCenter in the worker's name, with the one certificate that is trusted. Rejects when it does not answer. */
export const forwardTo = (access: OpenCenterAccess): ((call: Forwarded) => Promise<Answer>) => {
  const agent = new Agent({ ca: access.certificate, checkServerIdentity: () => undefined })
  return ({ method, path, body }) =>
    new Promise((resolve, reject) => {
      const credential = access.credential()
      if (credential === undefined) return reject(new Error('the worker has not joined yet'))
      const headers = {
        accept: 'application/json',
        authorization: `${WORKER_SCHEME} ${access.instanceId}:${credential}`,
        ...(body.length === 0 ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      }
      const outgoing = request(
        new URL(path, access.openCenterUrl),
        { agent, method, headers, timeout: ANSWER_MS },
        (incoming) =>
          resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, body: incoming }),
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('the OpCenter does not answer')))
      outgoing.on('error', reject)
      outgoing.end(body)
    })
}
