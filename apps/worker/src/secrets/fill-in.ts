import { type ContainerSpec, secretsIn, withSecrets } from '@mmcloud/contract'
import type { FetchSecret } from './fetch-secret.ts'

/** The specification with the secrets in its environment: for the start of the program and for nothing that is kept. */
export const fillIn = async (spec: ContainerSpec, fetchSecret: FetchSecret): Promise<ContainerSpec> => {
  const names = secretsIn(spec.env)
  if (names.length === 0) return spec
  const values = await Promise.all(names.map(async (name) => [name, await fetchSecret(name)] as const))
  return { ...spec, env: withSecrets(spec.env, new Map(values)) }
}
