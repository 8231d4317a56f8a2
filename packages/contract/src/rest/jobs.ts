import { JOB_STATUSES } from '@mmcloud/domain'
import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { IDEMPOTENCY_KEY_HEADER, IDEMPOTENCY_REQUEST_HEADER } from './idempotency.ts'

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
    jobContent: z.string().nullish().describe("The script's text."),
    cpu: rangeText.nullish(),
    mem: rangeText.nullish().describe('GiB.'),
    instType: z.string().nullish(),
    allowList: z.string().nullish().describe('Globs of instance types: [r5*,m*].'),
    denyList: z.string().nullish(),
    name: z.string().nullish(),
    envs: z.array(z.string()).nullish().describe('KEY=VALUE, never split on commas.'),
    dataVolumes: z.array(z.string()).nullish(),
    storage: z.array(z.string()).nullish().describe('Registered volumes, NAME[:MOUNT].'),
    customTags: z.record(z.string(), z.string()).nullish(),
    vmPolicy: z.string().nullish(),
    migratePolicy: z.string().nullish().describe('[enable=true,mem.upperBoundRatio=80]'),
    timeLimit: z.string().nullish().describe('86400s, 1h30m.'),
    publish: z.array(z.string()).nullish().describe('HOST:CONTAINER or PORT.'),
    allowFrom: z
      .array(z.string())
      .nullish()
      .describe(
        "IPv4 networks (10.0.0.0/8) that may reach the published ports; the submitter's address when absent.",
      ),
    imageVolSize: z
      .union([z.number(), z.string()])
      .nullish()
      .describe('GB for what the job writes into its image, beside its data disks.'),
    dumpMode: z.string().nullish().describe('full: each save is whole, as without this.'),
    gateway: z.string().nullish().describe('auto or g-…: a port of it leads to the job from the start.'),
    targetPort: z
      .union([z.number(), z.string()])
      .nullish()
      .describe('Which port of the job; published if it is not.'),
    withRoot: z.boolean().nullish().describe('As root, whatever user the image names.'),
    dirMaps: z
      .array(z.string())
      .nullish()
      .describe('HOST:CONTAINER, directories of the instance below /mnt and /srv.'),
    extraContainerOpts: z.string().nullish().describe('--shm-size 8g --workdir /srv.'),
    hostInit: z
      .string()
      .nullish()
      .describe('The text of a script that runs as root on each instance before the program comes.'),
    hostTerminate: z
      .string()
      .nullish()
      .describe('The text of a script that runs there when the program has left.'),
    disableRerun: z.boolean().nullish(),
    disableMigrate: z.boolean().nullish(),
    template: z.string().nullish().describe('A saved configuration under all this: [private::]NAME[:TAG].'),
    overwriteTemplate: z
      .string()
      .nullish()
      .describe("Which fields may differ from the template's: * (all, as when absent) or [cpu,mem]."),
  })
  .meta({ id: 'SubmitJob' })
export type SubmitBody = z.infer<typeof submitBodySchema>

/** The columns of a list: all that `float list` needs, so that a thousand jobs stay quick. */
export const jobSummarySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    workingHost: z
      .string()
      .describe('35.86.197.248 (2Core4GB/Spot); empty while there is none and after the end.'),
    user: z.string(),
    imageID: z.string().describe('As the user wrote it.'),
    status: z.enum(JOB_STATUSES),
    submitTime: z.string().describe('Times are RFC 3339 in UTC, whole seconds: 2026-11-23T05:30:00Z.'),
    duration: z.string().describe('1h5m49s: from submit to the end, or to now.'),
    cost: z.string().describe('0.1235 USD, 0.0000087 USD: of all instances it has had, to now.'),
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
    startTime: z.string().optional().describe('Of the attempt now: when the program first ran.'),
    endTime: z.string().optional(),
    lastUpdate: z.string(),
    duration: z.string(),
    queueTime: z.string().describe('From submit to the first instruction, or to now.'),
    execTime: z.string().describe('Time spent Executing.'),
    rc: z.string().optional().describe("The program's exit code; absent until it has ended by itself."),
    cost: z.string(),
    coreHours: z.number(),
    instanceType: z
      .string()
      .describe('Of the instance it is on, else the one asked for; empty when neither.'),
    cpu: z.number(),
    memGB: z.number(),
    cpuMax: z.number().optional().describe('Absent = open upwards.'),
    memGBMax: z.number().optional(),
    memUsed: z.number().optional().describe('GB in use; absent where it is not measured.'),
    attempt: z.int().describe('1, 2, …: a rerun starts the next one.'),
    checkpoints: z.int(),
    publicIP: z
      .string()
      .describe("Address at which the job's ports can be reached; empty while there is none."),
    portMappings: z
      .array(z.string())
      .describe('8888:8888 -> 3.4.5.6:8888, one per port; empty while there is no instance.'),
    gatewayMappings: z
      .array(z.string())
      .describe('8888 -> HOST:PORT: a port of it, and where gateways lead to that.'),
    stdout: z.string(),
    stderr: z.string(),
    timeLimit: z.string().optional(),
    vmPolicy: z.object({
      policy: z.enum(['spotFirst', 'spotOnly', 'onDemand']),
      retryLimit: z.int(),
      retryInterval: z.string().describe('10m0s'),
      priceLimit: z.number().optional(),
    }),
    migratePolicy: z.object({
      evadeOOM: z.boolean(),
      stepAuto: z.boolean(),
      cpu: dimensionPolicySchema,
      mem: dimensionPolicySchema,
    }),
    inputArgs: z
      .string()
      .describe('The canonical flags, from canonicalFlags in grammar/canonical-flags.ts: holds no secret.'),
    customTags: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Job' })
export type JobView = z.infer<typeof jobSchema>

/** Refuses at once what cannot be: unknown image, a size no type has, a bad grammar. */
export const submitJob = endpoint('submitJob', {
  summary: 'Submit a job',
  success: 201,
  headers: z.looseObject({
    [IDEMPOTENCY_KEY_HEADER]: z.string().optional(),
    [IDEMPOTENCY_REQUEST_HEADER]: z.literal('any').optional(),
  }),
  body: submitBodySchema,
  response: jobSchema,
})

const listQuery = z.object({
  filter: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe(
      'status=Executing or status=Starting; several are joined by AND. Grammar: grammar/list-filter.ts.',
    ),
  limit: z.coerce.number().int().positive().optional().describe('Only the newest so many.'),
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
    migratePolicy: z.string().nullish().describe('The keys given change, the others stay as they are.'),
    cpu: rangeText
      .nullish()
      .describe(
        'With one of these the bounds change, and the job moves if its instance no longer fits them.',
      ),
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
    notice: z
      .string()
      .optional()
      .describe("30s; 0s = it dies at once; absent = the cloud's own notice, 120 s."),
  })
  .meta({ id: 'DrillJob' })
export type DrillBody = z.infer<typeof drillBodySchema>
export const drillJob = endpoint('drillJob', {
  summary: 'Have the instance of a job reclaimed',
  ...action,
  body: drillBodySchema,
})
