import { connect, type Socket } from 'node:net'

/** An instance that is gone answers nothing at all. */
const ANSWERS_WITHIN_MS = 3000

/** A connection; nothing when there is none to be had. */
export const dial = (at: { readonly host: string; readonly port: number }): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ ...at, allowHalfOpen: true, noDelay: true, timeout: ANSWERS_WITHIN_MS })
    const settle = (made: Socket | undefined): void => {
      socket.removeAllListeners().setTimeout(0)
      if (!made) socket.on('error', () => undefined).destroy()
      resolve(made)
    }
    socket
      .once('connect', () => settle(socket))
      .once('timeout', () => settle(undefined))
      .once('error', () => settle(undefined))
  })
