import { z } from 'zod'
import { MAX_SIZE_GB } from '../grammar/data-volume.ts'
import { endpoint } from './endpoint.ts'

const volumeId = z.string().regex(/^vol-[a-z0-9]{17}$/)

export const volumeSchema = z
  .object({
    id: volumeId.describe('As it is named to a job: --dataVolume vol-…:/data'),
    name: z.string().describe('What its user calls it; may be empty.'),
    user: z.string(),
    sizeGB: z.int(),
    job: z.string().optional().describe('The job that has it now; absent = it is free.'),
    pricePerMonth: z.number().describe('USD, whether a job has it or none.'),
  })
  .meta({ id: 'Volume' })
export type VolumeView = z.infer<typeof volumeSchema>

export const volumes = endpoint('volumes', {
  summary: 'Disks that outlive jobs: one’s own, all for admins',
  response: z.object({ volumes: z.array(volumeSchema) }),
})

export const createVolume = endpoint('createVolume', {
  summary: 'Make a disk that outlives the jobs that have it, one after the other',
  success: 201,
  body: z
    .object({
      sizeGB: z.int().min(1).max(MAX_SIZE_GB),
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
        .optional(),
    })
    .meta({ id: 'CreateVolume' }),
  response: volumeSchema,
})

export const deleteVolume = endpoint('deleteVolume', {
  summary: 'Delete such a disk, with all that lies on it',
  params: z.object({ id: volumeId }),
  response: z.object({ id: volumeId }),
})
