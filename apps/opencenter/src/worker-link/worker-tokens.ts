import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Tokens of workers, derived from the OpCenter's own key and the instance's id: nothing is stored, and a launch that is
 * repeated after a crash gives the same user data. The join token is good until the worker first uses its credential.
 */
export type WorkerTokens = {
  joinToken(instanceId: string): string
  credential(instanceId: string): string
  isJoinToken(instanceId: string, given: string): boolean
  isCredential(instanceId: string, given: string): boolean
}

/** `key`: at least 32 random bytes, kept with mode 0600 in the data directory. */
export const createWorkerTokens = (key: Buffer): WorkerTokens => {
  const derive = (purpose: string, instanceId: string): string =>
    createHmac('sha256', key).update(`${purpose}:${instanceId}`).digest('base64url')
  return {
    joinToken: (id) => derive('join', id),
    credential: (id) => derive('credential', id),
    isJoinToken: (id, given) => same(derive('join', id), given),
    isCredential: (id, given) => same(derive('credential', id), given),
  }
}

const same = (expected: string, given: string): boolean => {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
