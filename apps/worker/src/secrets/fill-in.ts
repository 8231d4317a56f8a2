import { type ContainerSpec, secretsIn, withSecrets } from '@mmcloud/contract'
import type { FetchSecret } from './fetch-secret.ts'

type Env = Readonly<Record<string, string>>

/** The specification with the secrets in its environment: for the start of the program and for nothing that is kept. */
export const fillIn = async (spec: ContainerSpec, fetchSecret: FetchSecret): Promise<ContainerSpec> => {
  const env = await fillInEnv(spec.env, fetchSecret)
  return env === spec.env ? spec : { ...spec, env: { ...env } }
}

/** The same environment where it names no secret. */
export const fillInEnv = async (env: Env, fetchSecret: FetchSecret): Promise<Env> => {
  const names = secretsIn(env)
  if (names.length === 0) return env
  const values = await Promise.all(names.map(async (name) => [name, await fetchSecret(name)] as const))
  return withSecrets(env, new Map(values))
}
