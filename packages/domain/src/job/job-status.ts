/** The nineteen words existing clients know. Two of those clients crash on any other. */
export const JOB_STATUSES = [
  'Submitted',
  'Initializing',
  'Starting',
  'Executing',
  'Capturing',
  'Floating',
  'Suspending',
  'Suspended',
  'Resuming',
  'Completed',
  'Cancelling',
  'Cancelled',
  'FailToExecute',
  'FailToComplete',
  'CheckpointFailed',
  'Timedout',
  'NoAvailableHost',
  'WaitingForLicense',
  'Unknown',
] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

export type JobCategory = 'pending' | 'running' | 'success' | 'failed'

/** The only place that knows what may follow what. `rerun` starts a new attempt and is the one way out of an end. */
export const JOB_NEXT = {
  Submitted: ['Initializing', 'NoAvailableHost', 'Cancelling', 'FailToExecute'],
  Initializing: ['Starting', 'Submitted', 'NoAvailableHost', 'Cancelling', 'FailToExecute', 'FailToComplete'],
  Starting: [
    'Executing',
    'Initializing',
    'Submitted',
    'Cancelling',
    'FailToExecute',
    'FailToComplete',
    'NoAvailableHost',
    'Floating',
  ],
  Executing: [
    'Capturing',
    'Floating',
    'Suspending',
    'Cancelling',
    'Completed',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'Submitted',
  ],
  Capturing: [
    'Executing',
    'Floating',
    'Cancelling',
    'Completed',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'Submitted',
  ],
  Floating: [
    'Executing',
    'Cancelling',
    'Completed',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'Suspending',
    'Suspended',
    'Submitted',
  ],
  Suspending: [
    'Suspended',
    'Executing',
    'Floating',
    'Cancelling',
    'Completed',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'Submitted',
  ],
  Suspended: ['Resuming', 'Cancelling', 'CheckpointFailed'],
  Resuming: [
    'Executing',
    'Suspending',
    'Suspended',
    'Floating',
    'Cancelling',
    'Completed',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'Submitted',
  ],
  Cancelling: ['Cancelled', 'Completed', 'FailToComplete', 'Timedout'],
  Completed: ['Submitted'],
  Cancelled: ['Submitted'],
  FailToExecute: ['Submitted'],
  FailToComplete: ['Submitted'],
  CheckpointFailed: ['Submitted'],
  Timedout: ['Submitted'],
  NoAvailableHost: ['Submitted'],
  WaitingForLicense: [],
  Unknown: [],
} as const satisfies Record<JobStatus, readonly JobStatus[]>

const CATEGORY = {
  Submitted: 'pending',
  Initializing: 'pending',
  Starting: 'running',
  Executing: 'running',
  Capturing: 'running',
  Floating: 'running',
  Suspending: 'running',
  Suspended: 'running',
  Resuming: 'running',
  Completed: 'success',
  Cancelling: 'failed',
  Cancelled: 'failed',
  FailToExecute: 'failed',
  FailToComplete: 'failed',
  CheckpointFailed: 'failed',
  Timedout: 'failed',
  NoAvailableHost: 'failed',
  WaitingForLicense: 'failed',
  Unknown: 'failed',
} as const satisfies Record<JobStatus, JobCategory>

export const jobCategory = (status: JobStatus): JobCategory => CATEGORY[status]

const ENDED: ReadonlySet<JobStatus> = new Set([
  'Completed',
  'Cancelled',
  'FailToExecute',
  'FailToComplete',
  'CheckpointFailed',
  'Timedout',
  'NoAvailableHost',
])
/** Final for clients: the job has no copy running and none will start unless a person asks for a rerun. */
export const hasEnded = (status: JobStatus): boolean => ENDED.has(status)

export const mayFollow = (from: JobStatus, to: JobStatus): boolean =>
  (JOB_NEXT[from] as readonly JobStatus[]).includes(to)

/** What a person may ask of a job in each status; a refusal names the status. */
export const JOB_ACTIONS = {
  cancel: [
    'Submitted',
    'Initializing',
    'Starting',
    'Executing',
    'Capturing',
    'Floating',
    'Suspending',
    'Suspended',
    'Resuming',
  ],
  modify: [
    'Submitted',
    'Initializing',
    'Starting',
    'Executing',
    'Capturing',
    'Floating',
    'Suspending',
    'Suspended',
    'Resuming',
  ],
  suspend: ['Executing', 'Floating', 'Resuming'],
  resume: ['Suspended'],
  migrate: ['Executing'],
  snapshot: ['Executing'],
  rerun: [
    'Completed',
    'Cancelled',
    'FailToExecute',
    'FailToComplete',
    'CheckpointFailed',
    'Timedout',
    'NoAvailableHost',
  ],
  drill: ['Executing', 'Floating', 'Resuming', 'Starting', 'Capturing', 'Suspending'],
} as const satisfies Record<string, readonly JobStatus[]>
export type JobAction = keyof typeof JOB_ACTIONS

export const may = (action: JobAction, status: JobStatus): boolean =>
  (JOB_ACTIONS[action] as readonly JobStatus[]).includes(status)
