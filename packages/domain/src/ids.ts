/** Ids are distinct types, so that an instance id can never be passed where a job id is meant. */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

/** 21 lower-case letters and digits: existing clients match it with `[a-z0-9]{21}`. */
export type JobId = Id<'JobId'>
/** `i-` and 17 characters, as clouds write it. Ours, chosen before the cloud is asked: it is the launch token. */
export type InstanceId = Id<'InstanceId'>
/** `vol-` and 17 characters. Ours, chosen before the cloud is asked. */
export type VolumeId = Id<'VolumeId'>
/** `w-` and 17 characters: one run of a workflow. */
export type WorkflowId = Id<'WorkflowId'>
/** `c-` and 17 characters: one request to capture; a worker answers the same id with the same checkpoint. */
export type CaptureId = Id<'CaptureId'>
/** `g-` and 21 characters: a gateway, as existing clients know it. */
export type GatewayId = Id<'GatewayId'>

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `random(n)` returns an integer in [0, n): injected, so that the simulator can replay a run. */
export type RandomInteger = (bound: number) => number

const letters = (random: RandomInteger, count: number): string =>
  Array.from({ length: count }, () => ALPHABET[random(ALPHABET.length)]).join('')

export const newJobId = (random: RandomInteger): JobId => letters(random, 21) as JobId
/** The id that follows from these bytes, of which 21 are used; the same bytes give the same id. */
export const jobIdOf = (bytes: Uint8Array): JobId =>
  Array.from({ length: 21 }, (_, at) => ALPHABET[(bytes[at] ?? 0) % ALPHABET.length]).join('') as JobId
export const newInstanceId = (random: RandomInteger): InstanceId => `i-${letters(random, 17)}` as InstanceId
export const newVolumeId = (random: RandomInteger): VolumeId => `vol-${letters(random, 17)}` as VolumeId
export const newWorkflowId = (random: RandomInteger): WorkflowId => `w-${letters(random, 17)}` as WorkflowId
export const newCaptureId = (random: RandomInteger): CaptureId => `c-${letters(random, 17)}` as CaptureId
export const newGatewayId = (random: RandomInteger): GatewayId => `g-${letters(random, 21)}` as GatewayId

export const isGatewayId = (text: string): text is GatewayId => /^g-[a-z0-9]{21}$/.test(text)
export const isJobId = (text: string): text is JobId => /^[a-z0-9]{21}$/.test(text)
