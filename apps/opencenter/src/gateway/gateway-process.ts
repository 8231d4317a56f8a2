import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { GatewayRoute, PortRange } from '@mmcloud/domain'
import type { ClosedDoor, GatewayDoors } from '@mmcloud/engine'
import { closedSchema, socketOf, statusSchema } from '@mmcloud/gateway/protocol'

const MAIN = fileURLToPath(import.meta.resolve('@mmcloud/gateway/main'))
const START_LOOK_MS = 20
const STOP_LIMIT_MS = 5000

export type GatewayPlace = {
  readonly dataDir: string
  /** Where its ports are reached. */
  readonly host: string
  readonly ports: PortRange
  /** What instances see its connections come from. */
  readonly address: string
}

/** The gateway as a process beside this one: started when a first route is there, and left alone when we end unasked. */
export class GatewayProcess implements GatewayDoors {
  readonly ports: PortRange
  readonly address: string
  readonly #place: GatewayPlace

  constructor(place: GatewayPlace) {
    this.ports = place.ports
    this.address = place.address
    this.#place = place
  }

  async put(routes: readonly GatewayRoute[], signal: AbortSignal): Promise<readonly ClosedDoor[]> {
    const { dataDir } = this.#place
    const body = JSON.stringify(routes)
    const answer = await ask(dataDir, 'PUT', '/routes', body, signal)
    if (answer !== undefined) return closedSchema.parse(answer)
    if (routes.length === 0) return []
    await this.#start(signal)
    return closedSchema.parse(await ask(dataDir, 'PUT', '/routes', body, signal))
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { dataDir, host } = this.#place
    const child = spawnGateway(dataDir, host)
    while ((await ask(dataDir, 'GET', '/status', '', signal)) === undefined) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`the gateway did not start; read ${logOf(dataDir)}`)
      await sleep(START_LOOK_MS, undefined, { signal })
    }
  }
}

/**
 * Fifty ports from 20000 on, by the number of the local cloud (10.213.N.1), so that several OpCenters of a machine do not get
 * into each other's way; below the ports that the kernel gives to outgoing connections.
 */
export const gatewayPortsOf = (address: string): PortRange => {
  const first = 20_000 + 50 * Number(address.split('.')[2])
  return { first, last: first + 49 }
}

/** Ends the gateway of a data directory, if one runs, also after a crash of its OpCenter. */
export const stopGateway = async (dataDir: string): Promise<void> => {
  const signal = AbortSignal.timeout(STOP_LIMIT_MS)
  const answer = await ask(dataDir, 'POST', '/stop', '', signal)
  if (answer === undefined) return
  const { pid } = statusSchema.parse(answer)
  while (existsSync(`/proc/${pid}`)) await sleep(START_LOOK_MS, undefined, { signal })
}

const logOf = (dataDir: string): string => join(dataDir, 'gateway.log')

const spawnGateway = (dataDir: string, host: string): ChildProcess => {
  const log = openSync(logOf(dataDir), 'a', 0o600)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, dataDir, host], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    // It needs nothing of ours.
    env: {},
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return child
}

const NOBODY_THERE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET'])

/** Its answer; nothing when there is no gateway. */
const ask = (
  dataDir: string,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      NOBODY_THERE.has(error.code ?? '') ? resolve(undefined) : reject(error)
    const request = http.request({ socketPath: socketOf(dataDir), method, path, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('error', failed)
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(JSON.parse(text))
          : reject(new Error(`the gateway refused ${path}; read ${logOf(dataDir)}`)),
      )
    })
    request.on('error', failed)
    request.end(body)
  })
