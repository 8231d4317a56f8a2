import { randomBytes } from 'node:crypto'
import type { Accounts } from '@mmcloud/store'
import { hashPassword } from './passwords.ts'

/** Makes `admin` where there is no admin at all: at the first start. Returns the password when it was made up here: the only time it can be shown. */
export const ensureFirstAdmin = async (
  accounts: Accounts,
  givenPassword: string | undefined,
): Promise<string | undefined> => {
  if ((await accounts.users()).some(({ role }) => role === 'admin')) return undefined
  const password = givenPassword ?? randomBytes(12).toString('base64url')
  const passwordHash = await hashPassword(password)
  await accounts.putUser({ name: 'admin', number: 0, role: 'admin', passwordHash })
  return givenPassword === undefined ? password : undefined
}
