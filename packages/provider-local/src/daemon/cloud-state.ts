import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { InstanceId, VolumeId } from '@mmcloud/domain'
import { z } from 'zod'

const instanceId = z.string().transform((id) => id as InstanceId)
const volumeId = z.string().transform((id) => id as VolumeId)

const instanceSchema = z.object({
  id: instanceId,
  owner: z.string(),
  instanceType: z.string(),
  market: z.enum(['spot', 'onDemand']),
  cpu: z.number(),
  memGB: z.number(),
  pricePerHour: z.number(),
  address: z.string(),
  state: z.enum(['running', 'terminating']),
  launchedAt: z.number(),
  /** Announced: taken at that instant. */
  interruptionAt: z.number().optional(),
  /** Nobody knows yet: when the market will give its notice. */
  noticeAt: z.number().optional(),
  /** Absent until it has booted. */
  process: z.object({ pid: z.int(), startTime: z.string() }).optional(),
})
export type InstanceRecord = z.infer<typeof instanceSchema>

const volumeSchema = z.object({
  id: volumeId,
  owner: z.string(),
  sizeGB: z.number(),
  attachedTo: instanceId.optional(),
})
export type VolumeRecord = z.infer<typeof volumeSchema>

const groupSchema = z.object({ owner: z.string(), ports: z.array(z.int()), from: z.array(z.string()) })
export type GroupRecord = z.infer<typeof groupSchema>

const answerSchema = z.object({ cloudId: z.string(), address: z.string(), pricePerHour: z.number() })

const stateSchema = z.object({
  subnet: z.int().optional(),
  /** Signs metadata tokens, so that they outlive the daemon. */
  tokenKey: z.string(),
  instances: z.array(instanceSchema),
  volumes: z.array(volumeSchema),
  securityGroups: z.array(groupSchema).default([]),
  /** What launches of instances that are gone were answered, newest last: a repeated launch gets the same. */
  gone: z.array(z.object({ id: instanceId, answer: answerSchema })),
})
type StateFile = z.infer<typeof stateSchema>

/** A caller that repeats a launch does so within minutes, not thousands of instances later. */
const REMEMBERED = 1000

/** All a cloud must remember; in memory, and in a file that is replaced as a whole after every change. */
export type CloudState = {
  readonly file: StateFile
  readonly instances: Map<InstanceId, InstanceRecord>
  readonly volumes: Map<VolumeId, VolumeRecord>
  /** By owner. */
  readonly securityGroups: Map<string, GroupRecord>
  readonly gone: Map<InstanceId, z.infer<typeof answerSchema>>
  /** Durable when it resolves; changes made meanwhile are in the next file. */
  save(): Promise<void>
}

export const openState = async (cloudDir: string): Promise<CloudState> => {
  const path = join(cloudDir, 'state.json')
  const file = await readState(path)
  const instances = new Map(file.instances.map((each) => [each.id, each]))
  const volumes = new Map(file.volumes.map((each) => [each.id, each]))
  const securityGroups = new Map(file.securityGroups.map((each) => [each.owner, each]))
  const gone = new Map(file.gone.map(({ id, answer }) => [id, answer]))
  let writing = Promise.resolve()
  let next: Promise<void> | undefined

  const write = async (): Promise<void> => {
    next = undefined
    for (const id of [...gone.keys()].slice(0, -REMEMBERED)) gone.delete(id)
    file.instances = [...instances.values()]
    file.volumes = [...volumes.values()]
    file.securityGroups = [...securityGroups.values()]
    file.gone = [...gone].map(([id, answer]) => ({ id, answer }))
    await replaceFile(path, `${JSON.stringify(file, undefined, 1)}\n`)
  }

  return {
    file,
    instances,
    volumes,
    securityGroups,
    gone,
    save() {
      if (next === undefined) {
        next = writing.then(write)
        writing = next.catch(() => {})
      }
      return next
    },
  }
}

/** Either the old content or the new one is there, after a crash too. */
export const replaceFile = async (path: string, content: string): Promise<void> => {
  {
    await using file = await open(`${path}.new`, 'w', 0o600)
    await file.writeFile(content)
    await file.sync()
  }
  await rename(`${path}.new`, path)
  await using directory = await open(dirname(path))
  await directory.sync()
}

const readState = async (path: string): Promise<StateFile> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (text !== undefined) return stateSchema.parse(JSON.parse(text))
  return {
    tokenKey: randomBytes(32).toString('hex'),
    instances: [],
    volumes: [],
    securityGroups: [],
    gone: [],
  }
}
