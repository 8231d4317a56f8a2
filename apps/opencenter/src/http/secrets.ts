import { MAX_SECRET_BYTES, secretsIn, type Submission } from '@mmcloud/contract'
import { invalidArgument } from '@mmcloud/domain'
import type { FastifyInstance } from 'fastify'
import type { Caller } from '../auth/authenticator.ts'
import type { Vault } from '../secrets/vault.ts'
import type { ApiDeps } from './api-deps.ts'
import { endpointRoute } from './endpoint-route.ts'

/** Everybody has secrets of their own and meets no others. A job reads those of its owner, and so does its worker. */
export const secretRoutes = (app: FastifyInstance, { authenticator, vault }: ApiDeps): void => {
  endpointRoute(app, authenticator, 'secrets', async ({ caller }) => ({
    secrets: (await vault.names(caller.user.name)).map((name) => ({ name })),
  }))
  endpointRoute(app, authenticator, 'secret', async ({ params: { name }, caller, reply }) => {
    reply.header('cache-control', 'no-store')
    return { name, value: await vault.get({ user: caller.user.name, name }) }
  })
  endpointRoute(app, authenticator, 'setSecret', async ({ body: { name, value }, caller }) => {
    if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
      throw invalidArgument(`secret ${name}: a secret has at most ${MAX_SECRET_BYTES} bytes`)
    await vault.set({ user: caller.user.name, name }, value)
    return { name }
  })
  endpointRoute(app, authenticator, 'unsetSecret', async ({ params: { name }, caller }) => {
    await vault.unset({ user: caller.user.name, name })
    return { name }
  })
}

/** Refuses a job that refers to what its owner does not have, by name. */
export const refuseUnknownSecrets = async (
  vault: Vault,
  { env, mounts = [] }: Pick<Submission, 'env' | 'mounts'>,
  { user }: Caller,
): Promise<void> => {
  const asked = [
    ...secretsIn(env).map((name) => ({ flag: '--env', name })),
    ...mounts
      .flatMap((mount) => (mount.kind === 's3' ? secretsIn({ ...mount.keys }) : []))
      .map((name) => ({ flag: '--dataVolume', name })),
  ]
  if (asked.length === 0) return
  const kept = await vault.names(user.name)
  const unknown = asked.find(({ name }) => !kept.includes(name))
  if (!unknown) return
  const { flag, name } = unknown
  throw invalidArgument(`${flag}: you have no secret ${name}; make it with: float secret set ${name}`)
}
