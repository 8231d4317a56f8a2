import type { InstanceId, VolumeId } from '@mmcloud/domain'
import { z } from 'zod'
import { capacitySchema, localCloudConfigSchema } from '../config.ts'

/**
 * What the daemon can be asked: `POST /<method>` with the parameters as JSON over the unix socket `control.sock`.
 * An error is answered with a status above 399 and `{ error: { name, message } }`.
 */
const instanceId = z
  .string()
  .regex(/^i-[a-z0-9]{17}$/)
  .transform((id) => id as InstanceId)
const volumeId = z
  .string()
  .regex(/^vol-[a-z0-9]{17}$/)
  .transform((id) => id as VolumeId)
const market = z.enum(['spot', 'onDemand'])
const port = z.int().min(1).max(65_535)
const nothing = z.object({})

const offer = z.object({
  provider: z.string(),
  instanceType: z.string(),
  cpu: z.number(),
  memGB: z.number(),
  market,
  pricePerHour: z.number(),
  cpuFeatures: z.array(z.string()).readonly(),
})

const cloudInstance = z.object({
  id: instanceId,
  cloudId: z.string(),
  owner: z.string(),
  state: z.enum(['running', 'terminating']),
  address: z.string(),
  instanceType: z.string(),
  market,
  interruptionAt: z.number().exactOptional(),
  pricePerHour: z.number(),
})

export const METHODS = {
  status: {
    params: nothing,
    result: z.object({ pid: z.int(), name: z.string(), workerAddress: z.string() }),
  },
  /** Replaces the configuration; the swap file keeps its size until the next start. */
  configure: { params: localCloudConfigSchema, result: nothing },
  /** Replaces the limits only. */
  setCapacity: { params: capacitySchema, result: nothing },
  offers: { params: nothing, result: z.array(offer) },
  launch: {
    params: z.object({
      id: instanceId,
      instanceType: z.string(),
      market,
      maxPricePerHour: z.number(),
      userData: z.string(),
      owner: z.string(),
    }),
    result: z.object({ cloudId: z.string(), address: z.string(), pricePerHour: z.number() }),
  },
  terminate: { params: z.object({ id: instanceId }), result: nothing },
  list: { params: nothing, result: z.array(cloudInstance) },
  reclaim: {
    params: z.object({ id: instanceId, noticeSeconds: z.number().nonnegative() }),
    result: nothing,
  },
  createVolume: {
    params: z.object({ id: volumeId, sizeGB: z.number().positive(), owner: z.string() }),
    result: nothing,
  },
  attachVolume: {
    params: z.object({ volume: volumeId, instance: instanceId }),
    result: z.object({ device: z.string() }),
  },
  detachVolume: { params: z.object({ volume: volumeId }), result: nothing },
  deleteVolume: { params: z.object({ volume: volumeId }), result: nothing },
  listVolumes: {
    params: nothing,
    result: z.array(
      z.object({
        id: volumeId,
        owner: z.string(),
        sizeGB: z.number(),
        attachedTo: instanceId.exactOptional(),
      }),
    ),
  },
  putSecurityGroup: {
    params: z.object({ owner: z.string(), ports: z.array(port), from: z.array(z.cidrv4()) }),
    result: nothing,
  },
  deleteSecurityGroup: { params: z.object({ owner: z.string() }), result: nothing },
  listSecurityGroups: { params: nothing, result: z.array(z.string()) },
  health: {
    params: nothing,
    result: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['ok', 'warning', 'failed']),
        found: z.string(),
        fix: z.string(),
      }),
    ),
  },
  /** Ends every instance and leaves nothing of the cloud but its volumes; the daemon then exits. */
  stop: { params: nothing, result: nothing },
} as const
export type Method = keyof typeof METHODS
export type Params<M extends Method> = z.output<(typeof METHODS)[M]['params']>
export type Result<M extends Method> = z.output<(typeof METHODS)[M]['result']>

/** One function per method; what the control server is given. */
export type Handlers = { readonly [M in Method]: (params: Params<M>) => Promise<Result<M>> }

export const errorSchema = z.object({ error: z.object({ name: z.string(), message: z.string() }) })
