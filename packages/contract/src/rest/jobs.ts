import { JOB_STATUSES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { IDEMPOTENCY_KEY_HEADER } from './idempotency.ts'

/** `{id}` of a job; whether it is one is for the server to say, with `Resource not found`. */
export const jobParams = z.object({ id: z.string().min(1).max(64) })

/** A number (the minimum), or the text `MIN` or `MIN:MAX`. `""` and 0 mean unset. */
const rangeText = z.union([z.number(), z.string()])

/**
 * What a client posts. Grammars stay text here (`[spotFirst=true]`, `2:4`, `300s`, `[size=10]:/data`) and are read by
 * `readSubmission` in `grammar/submission.ts`, in the CLI and in the server alike. `""`, 0, `[]`, `{}`, false and
 * null mean unset. Keys beyond these are let through so that `readSubmission` can refuse by name the ones that ask
 * for something.
 */
export const submitBodySchema = z
  .looseObject({
    image: z.string().nullish(),
    /** The script's text. */
    jobContent: z.string().nullish(),
    cpu: rangeText.nullish(),
    /** GiB. */
    mem: rangeText.nullish(),
    instType: z.string().nullish(),
    /** Globs of instance types: `[r5*,m*]`. */
    allowList: z.string().nullish(),
    denyList: z.string().nullish(),
    name: z.string().nullish(),
    /** `KEY=VALUE`, never split on commas. */
    envs: z.array(z.string()).nullish(),
    dataVolumes: z.array(z.string()).nullish(),
    /** Registered volumes, `NAME[:MOUNT]`. */
    storage: z.array(z.string()).nullish(),
    customTags: z.record(z.string(), z.string()).nullish(),
    vmPolicy: z.string().nullish(),
    /** `[enable=true,mem.upperBoundRatio=80]` */
    migratePolicy: z.string().nullish(),
    /** `86400s`, `1h30m`. */
    timeLimit: z.string().nullish(),
    /** `HOST:CONTAINER` or `PORT`. */
    publish: z.array(z.string()).nullish(),
    /** IPv4 networks (`10.0.0.0/8`) that may reach the published ports; the submitter's address when absent. */
    allowFrom: z.array(z.string()).nullish(),
    /** GB for what the job writes into its image, beside its data disks. */
    imageVolSize: z.union([z.number(), z.string()]).nullish(),
    /** `full`: each save is whole, as without this. */
    dumpMode: z.string().nullish(),
    /** `auto` or `g-…`: a port of it leads to the job from the start. */
    gateway: z.string().nullish(),
    /** Which port of the job; published if it is not. */
    targetPort: z.union([z.number(), z.string()]).nullish(),
    /** As root, whatever user the image names. */
    withRoot: z.boolean().nullish(),
    /** `HOST:CONTAINER`, directories of the instance below /mnt and /srv. */
    dirMaps: z.array(z.string()).nullish(),
    /** `--shm-size 8g --workdir /srv`. */
    extraContainerOpts: z.string().nullish(),
    /** The text of a script that runs as root on each instance before the program comes. */
    hostInit: z.string().nullish(),
    /** The text of a script that runs there when the program has left. */
    hostTerminate: z.string().nullish(),
    disableRerun: z.boolean().nullish(),
    disableMigrate: z.boolean().nullish(),
    /** A saved configuration under all this: `[private::]NAME[:TAG]`. */
    template: z.string().nullish(),
    /** Which fields may differ from the template's: `*` (all, as when absent) or `[cpu,mem]`. */
    overwriteTemplate: z.string().nullish(),
  })
  .meta({ id: 'SubmitJob' })
export type SubmitBody = z.infer<typeof submitBodySchema>

/** The columns of a list: all that `float list` needs, so that a thousand jobs stay quick. */
export const jobSummarySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** `35.86.197.248 (2Core4GB/Spot)`; empty while there is none and after the end. */
    workingHost: z.string(),
    user: z.string(),
    /** As the user wrote it. */
    imageID: z.string(),
    status: z.enum(JOB_STATUSES),
    /** Times are RFC 3339 in UTC, whole seconds: `2026-11-23T05:30:00Z`. */
    submitTime: z.string(),
    /** `1h5m49s`: from submit to the end, or to now. */
    duration: z.string(),
    /** `0.1235 USD`, `0.0000087 USD`: of all instances it has had, to now. */
    cost: z.string(),
  })
  .meta({ id: 'JobSummary' })
export type JobSummary = z.infer<typeof jobSummarySchema>

const dimensionPolicySchema = z.object({
  disable: z.boolean(),
  upperBoundRatio: z.number(),
  upperBoundDuration: z.string(),
  lowerBoundRatio: z.number(),
  lowerBoundDuration: z.string(),
  step: z.number(),
  limit: z.number().optional(),
  lowerLimit: z.number().optional(),
})

/** A job as it is shown: the names and forms of `float show`, in the order they are printed. */
export const jobSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    workingHost: z.string(),
    user: z.string(),
    imageID: z.string(),
    status: z.enum(JOB_STATUSES),
    submitTime: z.string(),
    category: z.enum(['pending', 'running', 'success', 'failed']),
    /** Of the attempt now: when the program first ran. */
    startTime: z.string().optional(),
    endTime: z.string().optional(),
    lastUpdate: z.string(),
    duration: z.string(),
    /** From submit to the first instruction, or to now. */
    queueTime: z.string(),
    /** Time spent `Executing`. */
    execTime: z.string(),
    /** The program's exit code; absent until it has ended by itself. */
    rc: z.string().optional(),
    cost: z.string(),
    coreHours: z.number(),
    /** Of the instance it is on, else the one asked for; empty when neither. */
    instanceType: z.string(),
    cpu: z.number(),
    memGB: z.number(),
    /** Absent = open upwards. */
    cpuMax: z.number().optional(),
    memGBMax: z.number().optional(),
    /** GB in use; absent where it is not measured. */
    memUsed: z.number().optional(),
    /** 1, 2, …: a rerun starts the next one. */
    attempt: z.int(),
    checkpoints: z.int(),
    /** Address at which the job's ports can be reached; empty while there is none. */
    publicIP: z.string(),
    /** `8888:8888 -> 3.4.5.6:8888`, one per port; empty while there is no instance. */
    portMappings: z.array(z.string()),
    /** `8888 -> HOST:PORT`: a port of it, and where gateways lead to that. */
    gatewayMappings: z.array(z.string()),
    stdout: z.string(),
    stderr: z.string(),
    timeLimit: z.string().optional(),
    vmPolicy: z.object({
      policy: z.enum(['spotFirst', 'spotOnly', 'onDemand']),
      retryLimit: z.int(),
      /** `10m0s` */
      retryInterval: z.string(),
      priceLimit: z.number().optional(),
    }),
    migratePolicy: z.object({
      evadeOOM: z.boolean(),
      stepAuto: z.boolean(),
      cpu: dimensionPolicySchema,
      mem: dimensionPolicySchema,
    }),
    /** The canonical flags, from `canonicalFlags` in `grammar/canonical-flags.ts`: holds no secret. */
    inputArgs: z.string(),
    customTags: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Job' })
export type JobView = z.infer<typeof jobSchema>

/** Refuses at once what cannot be: unknown image, a size no type has, a bad grammar. */
export const submitJob = endpoint('submitJob', {
  summary: 'Submit a job',
  success: 201,
  headers: z.looseObject({ [IDEMPOTENCY_KEY_HEADER]: z.string().optional() }),
  body: submitBodySchema,
  response: jobSchema,
})

const listQuery = z.object({
  /** `status=Executing or status=Starting`; several are joined by AND. Grammar: `grammar/list-filter.ts`. */
  filter: z.union([z.string(), z.array(z.string())]).optional(),
  /** Only the newest so many. */
  limit: z.coerce.number().int().positive().optional(),
  /** Only what comes after this job: `next` of the page before. */
  after: jobParams.shape.id.optional(),
})
/** What to ask for `after` to get the next page; absent on the last. */
const next = z.string().optional()
export type ListQuery = z.infer<typeof listQuery>

/** Newest first. */
export const jobPages = endpoint('jobPages', {
  summary: 'List jobs, whole',
  query: listQuery,
  response: z.object({ Jobs: z.array(jobSchema), next }),
})

/** Newest first; the same filters, only the columns of a table. */
export const jobSummaries = endpoint('jobSummaries', {
  summary: 'List jobs, in short',
  query: listQuery,
  response: z.object({ jobs: z.array(jobSummarySchema), next }),
})

export const job = endpoint('job', { summary: 'Show a job', params: jobParams, response: jobSchema })

/** The actions answer as soon as the wish is recorded, with the job as it is then. */
const action = { params: jobParams, response: jobSchema, success: 202 } as const

export const cancelJob = endpoint('cancelJob', {
  summary: 'Cancel a job; an ended one is left as is',
  ...action,
})

/** What changes; what is left out stays. Applies from the next decision; `""` means unset. */
export const modifyBodySchema = z
  .object({
    customTags: z.record(z.string(), z.string()).nullish(),
    vmPolicy: z.string().nullish(),
    /** The keys given change, the others stay as they are. */
    migratePolicy: z.string().nullish(),
    /** With one of these the bounds change, and the job moves if its instance no longer fits them. */
    cpu: rangeText.nullish(),
    mem: rangeText.nullish(),
    instType: z.string().nullish(),
  })
  .meta({ id: 'ModifyJob' })
export type ModifyBody = z.infer<typeof modifyBodySchema>
export const modifyJob = endpoint('modifyJob', {
  summary: 'Change a live job: policies, bounds, tags',
  ...action,
  body: modifyBodySchema,
})
export const suspendJob = endpoint('suspendJob', { summary: 'Save a job and stop it', ...action })
export const resumeJob = endpoint('resumeJob', { summary: 'Go on with a suspended job', ...action })
export const snapshotJob = endpoint('snapshotJob', { summary: 'Take a checkpoint and run on', ...action })
/** With a body the same but for what it gives: `{"cpu": 4}`. */
export const rerunJob = endpoint('rerunJob', {
  summary: 'Run an ended job again from scratch, changed if you like',
  ...action,
  body: submitBodySchema.nullish(),
})

/** A type, or a size; nothing = another instance of the same size. */
export const migrateBodySchema = z
  .object({
    instType: z.string().optional(),
    cpu: rangeText.optional(),
    mem: rangeText.optional(),
    /**
     * The last event that the asker knew when it first asked: if the same was asked since, it is this very wish, whose
     * answer did not arrive, and the job is not moved again.
     */
    after: z.int().nonnegative().optional(),
  })
  .meta({ id: 'MigrateJob' })
export type MigrateBody = z.infer<typeof migrateBodySchema>
export const migrateJob = endpoint('migrateJob', {
  summary: 'Move a job',
  ...action,
  body: migrateBodySchema,
})

export const drillBodySchema = z
  .object({
    /** `30s`; `0s` = it dies at once; absent = the cloud's own notice, 120 s. */
    notice: z.string().optional(),
  })
  .meta({ id: 'DrillJob' })
export type DrillBody = z.infer<typeof drillBodySchema>
export const drillJob = endpoint('drillJob', {
  summary: 'Have the instance of a job reclaimed',
  ...action,
  body: drillBodySchema,
})
