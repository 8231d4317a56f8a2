import { BlockList, createServer, type Server, type Socket } from 'node:net'
import type { GatewayRoute } from '@mmcloud/domain'
import { dial } from './dial.ts'

/** So long somebody who comes while the job moves is held. */
const HOLD_MS = 120_000
/** A program that has just been restored, or begun, may not listen yet. */
const DIAL_AGAIN_MS = 250
/** Who is held costs a descriptor: beyond so many at a port the next is turned away. */
const MOST_HELD = 256

/**
 * One port: bytes go to where its job is now and back, whatever protocol they are of. While the job is nowhere who comes is
 * held; connections end with the place they led to.
 */
export class Door {
  readonly #server: Server
  #route: GatewayRoute
  #allowed: BlockList
  /** Both ends of each connection that is through. */
  readonly #through = new Set<readonly [Socket, Socket]>()
  readonly #held = new Set<Socket>()
  /** Aborts when the route changes. */
  #changed = new AbortController()

  private constructor(route: GatewayRoute) {
    this.#route = route
    this.#allowed = blockListOf(route)
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      socket.on('error', () => socket.destroy())
      if (!this.#mayEnter(socket)) socket.destroy()
      else void this.#lead(socket)
    })
  }

  /** Rejects when the port cannot be had. */
  static async open(host: string, route: GatewayRoute): Promise<Door> {
    const door = new Door(route)
    await new Promise<void>((resolve, reject) =>
      door.#server.once('error', reject).listen({ host, port: route.port }, resolve),
    )
    return door
  }

  lead(route: GatewayRoute): void {
    const moved = !isSame(route.upstream, this.#route.upstream)
    this.#route = route
    this.#allowed = blockListOf(route)
    for (const [near, far] of this.#through) if (moved || !this.#mayEnter(near)) end(near, far)
    for (const near of this.#held) if (!this.#mayEnter(near)) near.destroy()
    this.#changed.abort()
    this.#changed = new AbortController()
  }

  async close(): Promise<void> {
    for (const [near, far] of this.#through) end(near, far)
    for (const near of this.#held) near.destroy()
    this.#changed.abort()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #mayEnter({ remoteAddress = '' }: Socket): boolean {
    const address = remoteAddress.replace(/^::ffff:/, '')
    return this.#allowed.check(address === '::1' ? '127.0.0.1' : address)
  }

  async #lead(near: Socket): Promise<void> {
    if (this.#held.size >= MOST_HELD) return void near.destroy()
    this.#held.add(near)
    const patience = AbortSignal.timeout(HOLD_MS)
    while (!near.destroyed && !patience.aborted) {
      const { upstream } = this.#route
      const far = upstream && (await dial(upstream))
      if (far && !near.destroyed && isSame(upstream, this.#route.upstream)) return this.#join(near, far)
      far?.destroy()
      await soonest(upstream ? DIAL_AGAIN_MS : HOLD_MS, AbortSignal.any([this.#changed.signal, patience]))
    }
    this.#held.delete(near)
    near.destroy()
  }

  #join(near: Socket, far: Socket): void {
    this.#held.delete(near)
    const pair = [near, far] as const
    this.#through.add(pair)
    for (const socket of pair)
      socket
        .on('error', () => end(near, far))
        .on('close', () => {
          this.#through.delete(pair)
          end(near, far)
        })
    near.pipe(far)
    far.pipe(near)
  }
}

const end = (near: Socket, far: Socket): void => {
  near.destroy()
  far.destroy()
}

const blockListOf = ({ allowFrom }: GatewayRoute): BlockList => {
  const list = new BlockList()
  for (const network of allowFrom) {
    const [address = '', bits = '32'] = network.split('/')
    list.addSubnet(address, Number(bits), 'ipv4')
  }
  return list
}

const isSame = (a: GatewayRoute['upstream'], b: GatewayRoute['upstream']): boolean =>
  a?.host === b?.host && a?.port === b?.port

/** After so long, or as soon as the signal aborts. */
const soonest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    if (signal.aborted) over()
    else signal.addEventListener('abort', over)
  })
