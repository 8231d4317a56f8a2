import type { JobStatus } from './job-status.ts'

/**
 * The closed list of reasons for a job's change of state. A reason decides the sentence a person reads; the
 * numbers behind it are stored beside it in the event and fill the `{holes}`.
 */
export const REASONS = {
  submitted: 'accepted: {cpu} vCPU, {memGB} GB, {policy}',
  offerChosen: 'chose {type} ({market}) at {pricePerHour} USD/h, the cheapest of {candidates} that fit',
  noCapacity: 'no capacity for {wanted}: {tried}; try {try} of {limit}, again in {retrySeconds} s',
  retriesUsedUp: 'no instance after {tries} tries: {tried}',
  waitingForCapacity: 'saved and waiting for capacity: {tried}; again in {retrySeconds} s',
  instanceReady: '{type} ({market}) is up after {ms}',
  launchFailed: 'the instance did not come up: {error}',
  preparing: 'volume attached, fetching image {image}',
  started: 'the program runs: image {imageMs}, container {containerMs}',
  ranUnseen: 'the program began and ended on {instance} before this OpCenter could note that it ran',
  startFailed: 'could not be started: {error}',
  reclaimNotice: 'the cloud takes {instance} back in {noticeSeconds} s',
  saved:
    'frozen and saved as checkpoint {checkpoint}: {bytes}, dump {dumpMs}, disk snapshot {snapshotMs}, made durable {syncMs}',
  captureFailed: 'could not be saved and runs on where it is (try {tries}): {error}',
  instanceDied: '{instance} is gone without notice',
  workerLost: 'no copy of the job is left on {instance}: {error}',
  wentBack: 'went back to checkpoint {checkpoint}: {lostMs} of work are lost',
  restored: 'goes on, on {type} ({market}): stood still {standStillMs} (restore {restoreMs})',
  restoreFailed: 'could not be restored: {error}',
  imageFailed: 'its image could not be fetched: {error}',
  noCheckpointLeft: 'every checkpoint is lost or could not be restored: {error}',
  startedOver: 'no checkpoint to go back to: starts again from scratch (attempt {attempt})',
  lostForGood: 'its instance is gone, it has no checkpoint, and rerun is disabled',
  migrateAsked: 'asked to move to {target}',
  cpuAboveBound:
    'CPU at {measured} % for {heldSeconds} s, the bound is {threshold} %: moves from {from} to {to}, {pricePerHour} USD/h',
  cpuBelowBound:
    'CPU at {measured} % for {heldSeconds} s, the lower bound is {threshold} %: moves from {from} to {to}, {pricePerHour} USD/h',
  memAboveBound:
    'memory at {measured} % for {heldSeconds} s, the bound is {threshold} %: moves from {from} to {to}, {pricePerHour} USD/h',
  memBelowBound:
    'memory at {measured} % for {heldSeconds} s, the lower bound is {threshold} %: moves from {from} to {to}, {pricePerHour} USD/h',
  swapping:
    'lives on {measured} MiB of swap: moves from {from} to {to}, {pricePerHour} USD/h, before memory runs out',
  memoryRanOut:
    'memory ran out faster than it could be moved: it was frozen with {usedMiB} MiB in use of {limitMiB}, the rest of it in swap, and moves from {from} to {to}, {pricePerHour} USD/h',
  atLimit:
    '{rule} asks for more than {from} ({measured} {unit}, the bound is {threshold} {unit}), and its limits allow no more: stays',
  noLargerOffer:
    '{rule} asks for more than {from} ({measured} {unit}, the bound is {threshold} {unit}), and nothing that has {wanted} is to be had: stays, looked for again in {retrySeconds} s',
  hostTerminated: 'hostTerminate on {instance} ended with exit code {exitCode}: {said}',
  goesBack:
    'the larger size that {rule} asked for is not to be had after all ({tried}): goes on at its old one, {size}, and it is looked for again later',
  modified: 'changed by {user}: {changes}',
  migrationUndone: 'the move was undone: {error}',
  carriesOn: 'runs on where it was, on {instance}',
  suspendAsked: 'asked to suspend by {user}',
  suspended: 'suspended: checkpoint {checkpoint}; its disk waits',
  resumeAsked: 'asked to resume by {user}',
  snapshotAsked: 'asked for a checkpoint by {user}',
  snapshotTaken: 'checkpoint {checkpoint} taken, {bytes}; stood still {standStillMs}',
  openCenterStopping: 'saved because this OpCenter and its local cloud are being stopped',
  cancelAsked: 'asked to cancel by {user}',
  cancelled: 'cancelled',
  rerunAsked: 'asked to run again from scratch by {user} (attempt {attempt})',
  timeLimitReached: 'executed {executedSeconds} s, the limit is {limitSeconds} s',
  exited: 'ended by itself with exit code {exitCode}',
  outOfMemory:
    'killed by the kernel for want of memory (exit code {exitCode}): its limit was {limitMiB} MiB, {help}',
  nextTime: 'next time ask for {flags}: {why}',
  drillAsked: 'reclaim drill asked by {user}: notice {noticeSeconds} s',
} as const
export type Reason = keyof typeof REASONS

/** The numbers behind a reason: what was measured, asked or chosen. */
export type ReasonNumbers = Readonly<Record<string, string | number>>

/** One line of a job's history. `to` equals `from` where only something worth telling happened. */
export type JobEvent = {
  readonly seq: number
  readonly at: number
  readonly from: JobStatus
  readonly to: JobStatus
  readonly reason: Reason
  readonly numbers: ReasonNumbers
}

/** The sentence for a person; an absent number is shown as `?`, never as an empty gap. */
export const reasonSentence = (reason: Reason, numbers: ReasonNumbers): string =>
  REASONS[reason].replace(/\{(\w+)\}/g, (_, name: string) => inWords(name, numbers[name]))

/** Milliseconds (`ms`, `…Ms`) and `bytes` are told in the unit that a person would choose. */
const inWords = (name: string, value: string | number | undefined): string => {
  if (value === undefined) return '?'
  if (typeof value === 'string') return value
  if (/^ms$|Ms$/.test(name))
    return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`
  if (name !== 'bytes') return String(value)
  const mib = value / 1024 ** 2
  return mib < 1024 ? `${Math.ceil(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`
}
