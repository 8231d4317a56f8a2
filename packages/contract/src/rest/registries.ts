import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** `quay.io`, `registry.example:5000`, or a part of one: `ghcr.io/team`. */
const registry = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/)

export const registryLoginSchema = z
  .object({ registry: z.string(), username: z.string() })
  .meta({ id: 'RegistryLogin' })
export type RegistryLoginView = z.infer<typeof registryLoginSchema>

export const registries = endpoint('registries', {
  summary: 'Private registries that the OpCenter is logged in to (admins)',
  least: 'admin',
  response: z.object({ registries: z.array(registryLoginSchema) }),
})

export const loginToRegistry = endpoint('loginToRegistry', {
  summary: 'Log in to a private registry, for the images of all jobs (admins)',
  least: 'admin',
  success: 201,
  body: z
    .object({
      registry,
      username: z
        .string()
        .max(255)
        .regex(/^[A-Za-z0-9._+@$|-]+$/),
      password: z.string().min(1).max(8192).describe('Or an access token; never shown again.'),
    })
    .meta({ id: 'LoginToRegistry' }),
  response: registryLoginSchema,
})

export const logoutOfRegistry = endpoint('logoutOfRegistry', {
  summary: 'Forget the login to a private registry (admins)',
  least: 'admin',
  query: z.object({ registry }),
  response: z.object({}),
})
