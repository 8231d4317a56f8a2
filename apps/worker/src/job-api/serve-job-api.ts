import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { FLOAT_ADDRESS } from '@mmcloud/contract'
import { JOB_ADDRESS } from '../network/inner-network.ts'
import { exec } from '../system/exec.ts'
import { places } from '../system/places.ts'
import { handleJobCalls, type JobApiDeps } from './handle-call.ts'

/** Short requests of one job's own programs. */
const LIMITS = { requestTimeout: 30_000, headersTimeout: 10_000, handshakeTimeout: 10_000 } as const
const MOST_CONNECTIONS = 64
const VALID_DAYS = 3650

/**
 * Serves `FLOAT_ADDR`: an address of this instance's own loopback, so that it is there before the job's network and
 * outlives it, and open to the job alone.
 */
export const serveJobApi = async (deps: JobApiDeps): Promise<void> => {
  const { host, port } = FLOAT_ADDRESS
  await exec('ip', ['address', 'replace', `${host}/32`, 'dev', 'lo'])
  const server = createServer({ ...(await ownCertificate()), ...LIMITS }, handleJobCalls(deps))
  server.maxConnections = MOST_CONNECTIONS
  server.on('connection', (socket: Socket) => {
    if (socket.remoteAddress !== JOB_ADDRESS) socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  server.on('error', (error) => deps.log(`the job's way to the OpCenter: ${error.message}`))
}

/** Made anew by each worker: between the job and its instance there is nobody to be told from. */
const ownCertificate = async (): Promise<{ cert: string; key: string }> => {
  const { jobApiCertificate: certificate, jobApiKey: key } = places
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/CN=Memory Machine Cloud', '-addext', `subjectAltName=IP:${FLOAT_ADDRESS.host}`]
  const files = ['-keyout', key, '-out', certificate]
  await exec('openssl', ['req', '-x509', ...kind, '-days', String(VALID_DAYS), ...subject, ...files])
  return { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
}
