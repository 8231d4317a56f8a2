import type { GroupView } from '@mmcloud/contract'
import { notFound, UserError } from '@mmcloud/domain'
import type { Group } from '@mmcloud/store'
import type { FastifyInstance } from 'fastify'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** Who sees whose jobs. */
export const groupRoutes = (app: FastifyInstance, deps: ApiDeps): void => {
  const { authenticator, accounts, groups } = deps
  const found = async (name: string): Promise<GroupView> => {
    const group = await groups.group(name)
    if (!group) throw notFound(`group ${name}`)
    return groupView(group)
  }
  endpointRoute(app, authenticator, 'groups', async ({ caller }) => {
    const { name, role } = caller.user
    const all = (await groups.all()).map(groupView)
    return { groups: role === 'admin' ? all : all.filter(({ members }) => members.includes(name)) }
  })
  endpointRoute(app, authenticator, 'addGroup', async ({ body: { name } }) => {
    if (!(await groups.add(name))) throw new UserError('conflict', `There is a group ${name} already`)
    return found(name)
  })
  endpointRoute(app, authenticator, 'deleteGroup', async ({ params: { name } }) => {
    if (!(await groups.remove(name))) throw notFound(`group ${name}`)
    return {}
  })
  endpointRoute(app, authenticator, 'addToGroup', async ({ params: { name }, body: { user } }) => {
    await found(name)
    if (!(await accounts.user(user))) throw notFound(`user ${user}`)
    await groups.addMember(name, user)
    return found(name)
  })
  endpointRoute(app, authenticator, 'removeFromGroup', async ({ params: { name, user } }) => {
    await found(name)
    if (!(await groups.removeMember(name, user))) throw notFound(`user ${user} in group ${name}`)
    return found(name)
  })
}

const groupView = ({ name, members }: Group): GroupView => ({ name, members: [...members] })
