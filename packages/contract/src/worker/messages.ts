import { BRAKES } from '@mmcloud/domain'
import { z } from 'zod'
import { inspectionSchema } from './inspection.ts'

/**
 * The conversation between a worker and its OpCenter: JSON over one WebSocket (TLS, the worker dials `/worker`).
 *
 * The worker tells its whole state in `report`, again and again and after every change: a lost message is healed by
 * the next one. The OpCenter asks with `request`; every request may be repeated: with the same `requestId` it gets the
 * answer of the first, with a new one it is idempotent by the ids in its parameters. Either side may die between any two
 * messages.
 */
export const WORKER_PROTOCOL = 1

export const checkpointSchema = z.object({
  seq: z.int().positive(),
  attempt: z.int().positive(),
  takenAt: z.number(),
  bytes: z.number(),
  kind: z.enum(['move', 'snapshot']),
  timings: z.object({
    /** Before CRIU: network cut, limits raised. */
    freezeMs: z.number(),
    /** CRIU freezes and writes the images; they are summed and written back meanwhile. */
    dumpMs: z.number(),
    drainLogsMs: z.number(),
    /** On a `move` a part of `syncMs`. */
    diskSnapshotMs: z.number(),
    /** Until all is durable. */
    syncMs: z.number(),
  }),
})

/** What lies on the job's volumes, read from the volumes themselves: they know more than any record. */
export const inventorySchema = z.object({
  epoch: z.int(),
  checkpoints: z.array(checkpointSchema),
  /** Present when the program ended by itself in that attempt. */
  exit: z.object({ attempt: z.int(), exitCode: z.int(), at: z.number() }).optional(),
})

/**
 * Where the program is, as the worker sees it:
 * `idle` nothing mounted · `mounted` volumes here, nothing runs · `preparing` image, container · `running` ·
 * `capturing` being frozen, dumped (it may thaw) · `saved` a complete `move` checkpoint, the program ended by us ·
 * `restoring` · `exited` ended by itself · `failed` start or restore failed, nothing runs.
 */
export const workerJobSchema = z.object({
  jobId: z.string(),
  attempt: z.int(),
  phase: z.enum([
    'idle',
    'mounted',
    'preparing',
    'running',
    'capturing',
    'saved',
    'restoring',
    'exited',
    'failed',
  ]),
  exitCode: z.int().optional(),
  /** Present when the kernel killed the program for want of memory: the limit that it had. */
  outOfMemoryMiB: z.int().optional(),
  /** For `failed`, and for the last capture that failed and thawed: a sentence, with CRIU's own words around the error. */
  error: z.string().optional(),
  checkpoints: z.array(checkpointSchema),
  /** True when every byte of log up to the end has reached the OpCenter. */
  logsShipped: z.boolean(),
  runningSince: z.number().optional(),
  /** When the worker may freeze the program because memory runs out; `never` until it is told. */
  brake: z.enum(BRAKES).optional(),
  /** It has, and waits to be asked for a capture; `setBrake` lets the program go on. */
  braked: z.boolean().optional(),
})
export type WorkerJob = z.infer<typeof workerJobSchema>

export const healthRowSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed']),
  found: z.string(),
  fix: z.string(),
})

export const reportSchema = z.object({
  type: z.literal('report'),
  at: z.number(),
  job: workerJobSchema.optional(),
  /** The cloud's notice, seen by the worker itself: this instance is taken at that instant (epoch ms). */
  interruptionAt: z.number().optional(),
  /** When the worker will begin to save the program by itself, unless asked earlier; on the clock of `at`. */
  saveBy: z.number().optional(),
})
export type WorkerReport = z.infer<typeof reportSchema>

/** First message of the worker. Exactly one of `joinToken` and `credential`. */
export const helloSchema = z.object({
  type: z.literal('hello'),
  protocol: z.int(),
  version: z.string(),
  instanceId: z.string(),
  joinToken: z.string().optional(),
  credential: z.string().optional(),
})

/** The OpCenter's answer. `credential` only after a join; the join token is then spent. `logs` = sizes it already has. */
export const welcomeSchema = z.object({
  type: z.literal('welcome'),
  credential: z.string().optional(),
  logs: z.record(z.string(), z.number()),
})

/** Log bytes from `offset` on, in order per file. `truncate` first cuts the mirror to `offset` (after going back). */
export const logChunkSchema = z.object({
  type: z.literal('log'),
  jobId: z.string(),
  file: z.string(),
  offset: z.number(),
  truncate: z.boolean().optional(),
  /** base64, at most 256 KiB decoded */
  data: z.string(),
})
/** As `Sample` in the domain. */
export const sampleSchema = z.object({
  at: z.int(),
  spanMs: z.number(),
  cpuPercent: z.number(),
  memBytes: z.number(),
  cacheBytes: z.number(),
  swapBytes: z.number(),
  swapInRate: z.number(),
  swapOutRate: z.number(),
  memStallPercent: z.number().optional(),
  diskReadRate: z.number(),
  diskWriteRate: z.number(),
  netInRate: z.number(),
  netOutRate: z.number(),
  processes: z.number(),
  capacityCpu: z.number(),
  capacityMemBytes: z.number(),
  capacitySwapBytes: z.number(),
})

/**
 * Samples of the job, oldest first. The worker keeps them until the batch is acknowledged, and sends what was not in new
 * batches after a reconnect: the same sample (by its `at`) may come twice.
 */
export const samplesSchema = z.object({
  type: z.literal('samples'),
  jobId: z.string(),
  batch: z.int(),
  samples: z.array(sampleSchema).max(1000),
})
/** All of the batch is durable. */
export const samplesAckSchema = z.object({ type: z.literal('samplesAck'), batch: z.int() })

/** The mirror is durable up to `size`. A worker sends at most 1 MiB beyond the last acknowledged byte. */
export const logAckSchema = z.object({ type: z.literal('logAck'), file: z.string(), size: z.number() })

const volumeMount = z.object({
  volumeId: z.string(),
  device: z.string(),
  mountPoint: z.string(),
  /** It is of the job's user, not of the job: a start from scratch empties it not. */
  kept: z.literal(true).optional(),
  /** For the program; `rw` when absent. */
  mode: z.enum(['r', 'rw']).optional(),
})
export type VolumeMount = z.infer<typeof volumeMount>

/** Storage that the worker mounts beside the container. Keys are references to secrets: the worker asks for them by name. */
export const storageMountSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('s3'),
    bucket: z.string(),
    prefix: z.string(),
    endpoint: z.string().optional(),
    keys: z.object({ accessKey: z.string(), secret: z.string(), token: z.string().optional() }).optional(),
    mode: z.enum(['r', 'rw']),
    mountPoint: z.string(),
  }),
  z.object({
    kind: z.literal('nfs'),
    host: z.string(),
    path: z.string(),
    opts: z.string().optional(),
    mode: z.enum(['r', 'rw']),
    mountPoint: z.string(),
  }),
])
export type StorageMountParams = z.infer<typeof storageMountSchema>

/** Everything needed to run the container; the same for a start and a restore but for the limits. */
export const containerSpecSchema = z.object({
  name: z.string(),
  user: z.string(),
  image: z.object({
    source: z.string(),
    digest: z.string(),
    /** Login to its registry, base64 of user:password; the worker keeps it only as long as it fetches the image. */
    registryAuth: z.string().optional(),
  }),
  script: z.string().optional(),
  env: z.record(z.string(), z.string()),
  /** The worker does not save it by itself before its instance is taken. */
  neverSaved: z.literal(true).optional(),
  publish: z.array(z.object({ hostPort: z.int(), containerPort: z.int() })),
  userNumber: z.int().optional(),
  asRoot: z.literal(true).optional(),
  /** Directories of the instance, made where they are not there. */
  dirMaps: z.array(z.object({ host: z.string(), container: z.string() })).optional(),
  shmBytes: z.number().optional(),
  workdir: z.string().optional(),
  /** Runs as root on the instance before the container is there; with another code than 0 nothing is begun. */
  hostInit: z.string().optional(),
  /** Absent = none. */
  mounts: z.array(storageMountSchema).optional(),
})
export type ContainerSpec = z.infer<typeof containerSpecSchema>

/** Requests of the OpCenter: parameters and result of each method. */
export const WORKER_METHODS = {
  /** Mounts the job's volumes (making file systems on blank ones) and tells what lies on them. A lower epoch than the volume's is refused. */
  mountVolumes: {
    params: z.object({
      jobId: z.string(),
      attempt: z.int(),
      epoch: z.int(),
      volumes: z.array(volumeMount).min(1),
    }),
    result: inventorySchema,
  },
  /** Starts attempt `attempt` from scratch: layer and data emptied, earlier logs kept as `stdout.autosave.N`. Returns when the program runs. */
  startJob: {
    params: z.object({ jobId: z.string(), attempt: z.int(), spec: containerSpecSchema }),
    result: z.object({ imageMs: z.number(), containerMs: z.number() }),
  },
  /** Goes back to checkpoint `seq`: memory, disk and log offsets of one instant. Returns when the program runs. */
  restoreJob: {
    params: z.object({ jobId: z.string(), attempt: z.int(), seq: z.int(), spec: containerSpecSchema }),
    result: z.object({ restoreMs: z.number() }),
  },
  /** `move` ends the program once the checkpoint is complete; `snapshot` lets it run on. A failure means: it runs on, unharmed. */
  captureJob: {
    params: z.object({ captureId: z.string(), kind: z.enum(['move', 'snapshot']) }),
    result: checkpointSchema,
  },
  /** Ends the whole tree: SIGTERM, then SIGKILL after `graceSeconds`. Returns when nothing is left. */
  stopJob: {
    params: z.object({ graceSeconds: z.number() }),
    result: z.object({ exitCode: z.int().optional() }),
  },
  /** Unmounts everything. Refused while the program runs. After it the worker holds nothing of the job. */
  releaseVolumes: { params: z.object({}), result: z.object({}) },
  /** But for `early`, a program that is braked goes on: with `late` until it would be killed, with `never` whatever becomes of it. */
  setBrake: { params: z.object({ when: z.enum(BRAKES) }), result: z.object({}) },
  /** Runs a script as root on an instance that the program has left; its last lines. */
  terminateHost: {
    params: z.object({ jobId: z.string(), script: z.string(), env: z.record(z.string(), z.string()) }),
    result: z.object({ exitCode: z.int(), said: z.string() }),
  },
  /** What the program is now; also while it is frozen. */
  inspectJob: { params: z.object({}), result: inspectionSchema },
  health: { params: z.object({}), result: z.object({ rows: z.array(healthRowSchema) }) },
} as const
export type WorkerMethod = keyof typeof WORKER_METHODS
export type WorkerParams<M extends WorkerMethod> = z.infer<(typeof WORKER_METHODS)[M]['params']>
export type WorkerResult<M extends WorkerMethod> = z.infer<(typeof WORKER_METHODS)[M]['result']>

export const requestSchema = z.object({
  type: z.literal('request'),
  requestId: z.string(),
  method: z.enum(Object.keys(WORKER_METHODS) as [WorkerMethod, ...WorkerMethod[]]),
  params: z.unknown(),
})
/**
 * What stood in the way, where that changes what is done about it: the `image` could not be fetched, a checkpoint was
 * found to be `damaged`, or the program did not come back from it (`restore`).
 */
export const REFUSAL_CAUSES = ['image', 'damaged', 'restore'] as const
export type RefusalCause = (typeof REFUSAL_CAUSES)[number]

export const responseSchema = z.object({
  type: z.literal('response'),
  requestId: z.string(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), cause: z.enum(REFUSAL_CAUSES).optional() }).optional(),
})

export const fromWorkerSchema = z.discriminatedUnion('type', [
  helloSchema,
  reportSchema,
  logChunkSchema,
  samplesSchema,
  responseSchema,
])
export const toWorkerSchema = z.discriminatedUnion('type', [
  welcomeSchema,
  logAckSchema,
  samplesAckSchema,
  requestSchema,
])
export type FromWorker = z.infer<typeof fromWorkerSchema>
export type ToWorker = z.infer<typeof toWorkerSchema>

/**
 * The worker's configuration, written by the user data as JSON to `/run/mmcloud/worker.json` (mode 0600).
 * `imageStore` is where unpacked images are kept; a provider may share it read-write among instances of one machine.
 */
export const workerConfigSchema = z.object({
  openCenterUrl: z.string(),
  /** PEM of the OpCenter's certificate: the only one trusted. */
  certificate: z.string(),
  instanceId: z.string(),
  joinToken: z.string(),
  imageStore: z.string(),
  /** Base of the cloud's instance metadata, IMDSv2. */
  metadataUrl: z.string(),
})
export type WorkerConfig = z.infer<typeof workerConfigSchema>
