import type { UserView } from '@mmcloud/contract'
import { invalidArgument, notFound, passwordFault, UserError } from '@mmcloud/domain'
import type { Accounts, User } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import { hashPassword } from '../auth/passwords.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** Who may come in, and as what. */
export const userRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, accounts, records } = deps
  const found = async (name: string): Promise<User> => {
    const user = await accounts.user(name)
    if (!user) throw notFound(`user ${name}`)
    return user
  }
  const refuseUnlessCurrent = async (user: User, password: string, address: string): Promise<void> => {
    if (!(await authenticator.isPasswordOf(user, password, address)))
      throw new UserError('forbidden', 'The present password is not right')
  }
  // Two admins who take each other out at once: the second finds out that it would be the last one's end.
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const changed = before.then(change, change)
    before = changed.catch(() => undefined)
    return changed
  }
  endpointRoute(app, authenticator, 'users', async () => ({
    users: (await accounts.users()).map(userView),
  }))
  endpointRoute(app, authenticator, 'addUser', async ({ body }) => {
    const { name, password, role = 'user' } = body
    const passwordHash = await hashNew(password, name)
    const user = await accounts.addUser({ name, role, passwordHash })
    if (!user) throw new UserError('conflict', `There is a user ${name} already`)
    return userView(user)
  })
  endpointRoute(app, authenticator, 'changeUser', ({ params, body, caller, address }) =>
    inTurn(async () => {
      const admin = caller.user.role === 'admin'
      if (!admin && (params.name !== caller.user.name || body.role !== undefined))
        throw new UserError('forbidden', 'Only an admin may change others, or a role')
      if (body.password === undefined && body.role === undefined)
        throw invalidArgument('nothing to change: give a password or a role')
      const user = await found(params.name)
      if (body.password === undefined && body.role === user.role) return userView(user)
      if (body.role !== undefined && body.role !== 'admin') await refuseLastAdmin(accounts, user)
      if (body.password !== undefined && user.name === caller.user.name)
        await refuseUnlessCurrent(user, body.currentPassword ?? '', address)
      const changed = {
        ...user,
        role: body.role ?? user.role,
        ...(body.password === undefined ? {} : { passwordHash: await hashNew(body.password, user.name) }),
      }
      // First: a crash between the two must not leave a session of before beside a password of after.
      await accounts.endSessionsOf(user.name, caller.session?.tokenHash)
      await accounts.putUser(changed)
      return userView(changed)
    }),
  )
  endpointRoute(app, authenticator, 'deleteUser', ({ params }) =>
    inTurn(async () => {
      const user = await found(params.name)
      await refuseLastAdmin(accounts, user)
      const live = await records.read((view) => view.jobs({ user: user.name, live: true }))
      if (live.length > 0)
        throw new UserError(
          'conflict',
          `User ${user.name} has ${live.length} jobs that have not ended; cancel them first: float list -f user=${user.name}`,
        )
      const disks = await records.read((view) => view.volumes({ live: true }))
      const kept = disks.filter(({ keptFor }) => keptFor === user.name)
      if (kept.length > 0)
        throw new UserError(
          'conflict',
          `User ${user.name} keeps ${kept.length} volumes; delete them first: float volume list`,
        )
      await accounts.removeUser(user.name)
      return {}
    }),
  )
}

const hashNew = async (password: string, name: string): Promise<string> => {
  const fault = passwordFault(password, name)
  if (fault !== undefined) throw invalidArgument(`--password: ${fault}`)
  return hashPassword(password)
}

const refuseLastAdmin = async (accounts: Accounts, user: User): Promise<void> => {
  const admins = (await accounts.users()).filter(({ role }) => role === 'admin')
  if (user.role === 'admin' && admins.length === 1)
    throw new UserError('conflict', `${user.name} is the last admin; make another one first`)
}

const userView = ({ name, number, role }: User): UserView => ({ name, number, role })
