import { UserError } from '@mmcloud/contract/user-error'
import type { Login } from './open-center.ts'

/** Reads a file's text; throws where there is none. */
export type ReadFile = (path: string) => string

/**
 * The OpCenter's address and whose jobs the tasks become, as the engine's deployment keeps them: `_FSEC_MMC_ADDRESS`,
 * `_FSEC_MMC_USERNAME` and `_FSEC_MMC_PASSWORD`, or the files `/etc/secrets/mmc_address` and so on. Throws by name what is missing.
 */
export const readLogin = (env: Readonly<Record<string, string | undefined>>, readFile: ReadFile): Login => {
  const secret = (name: string): string => {
    const value = env[`_FSEC_${name.toUpperCase()}`] || orNothing(() => readFile(`/etc/secrets/${name}`))
    if (value === undefined || value.trim() === '')
      throw new UserError(
        'unauthenticated',
        `the secret ${name} is missing: set _FSEC_${name.toUpperCase()}, or mount /etc/secrets/${name}`,
      )
    return value.trim()
  }
  return {
    address: secret('mmc_address'),
    username: secret('mmc_username'),
    password: secret('mmc_password'),
  }
}

const orNothing = (read: () => string): string | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}
