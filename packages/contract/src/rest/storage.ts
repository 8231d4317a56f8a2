import { z } from 'zod'
import { STORAGE_NAME } from '../grammar/storage.ts'
import { endpoint } from './endpoint.ts'

const storageName = z
  .string()
  .regex(STORAGE_NAME, 'must begin with a letter or digit, and hold up to 128 of them, ".", "_" and "-"')

/** A volume under a name. It belongs to who registered it, as the secrets do that its keys are kept in. */
export const storageSchema = z
  .object({
    name: storageName,
    volume: z.string().describe('As it is written after --dataVolume; keys are references to secrets.'),
  })
  .meta({ id: 'Storage' })
export type StorageView = z.infer<typeof storageSchema>

export const storages = endpoint('storages', {
  summary: 'The storage that I have registered',
  response: z.object({ storage: z.array(storageSchema) }),
})

export const registerStorage = endpoint('registerStorage', {
  summary: 'Register a volume under a name, for many jobs',
  success: 201,
  body: z
    .object({
      name: storageName,
      volume: z.string(),
      replace: z
        .boolean()
        .optional()
        .describe('Mine of that name is replaced; jobs keep what they were submitted with.'),
    })
    .meta({ id: 'RegisterStorage' }),
  response: storageSchema,
})

export const deleteStorage = endpoint('deleteStorage', {
  summary: 'Forget a storage; what lies in it stays',
  params: z.object({ name: storageName }),
  response: z.object({ name: storageName }),
})
