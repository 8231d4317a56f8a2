import type { IncomingMessage } from 'node:http'
import { JOB_BODY_BYTES, readJobCall } from '@mmcloud/contract'
import { isWorkers } from '../auth/authenticator.ts'

/**
 * Whether a request may be asked at the address that instances reach: for what workers fetch, and for what a worker asks
 * in the name of its job. Whatever else the instances' programs may try is not there.
 */
export const isForWorkers = ({
  method = '',
  url = '',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean => {
  if (/^\/(v2|worker)\//.test(url)) return true
  const small = Number(headers['content-length'] ?? 0) <= JOB_BODY_BYTES && !headers['transfer-encoding']
  return small && isWorkers(headers.authorization) && readJobCall(method, url) !== undefined
}
