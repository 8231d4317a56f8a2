import { UserError } from '@mmcloud/contract/user-error'

const WORDS: Readonly<Record<string, (flag: string) => string>> = {
  EADDRINUSE: (flag) => `another program listens there, an agent perhaps; choose another with ${flag}`,
  EADDRNOTAVAIL: () => 'this machine has no such address; see --host',
  EACCES: (flag) => `that port needs root; choose another with ${flag}`,
}

/** In words why nothing listens at that port, which `flag` is for. gRPC wraps the code in a sentence of its own. */
export const cannotListen = (flag: string, at: string, cause: unknown): UserError => {
  const said = cause instanceof Error ? cause.message : String(cause)
  const [code = ''] = /\bE[A-Z]{3,}\b/.exec(said) ?? []
  return new UserError('conflict', `Cannot listen on ${at}: ${WORDS[code]?.(flag) ?? said}`, { cause })
}
