import { randomInt } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { onTemplate, readSubmission, type Submission, type SubmitBody } from '@mmcloud/contract'
import { invalidArgument, type JobSpec, UserError } from '@mmcloud/domain'
import { splitTag } from '../images/image-resolver.ts'
import type { Caller } from '../auth/authenticator.ts'
import type { ApiDeps } from './api-deps.ts'
import { findTemplate } from './find-template.ts'
import { gatewayFor } from './gateways.ts'
import { refuseUnmountable, withStorage } from './storage.ts'

/** What a client asks for, on top of its template where it names one; what cannot be is refused here. */
export const readRequest = async (
  deps: Pick<ApiDeps, 'templates' | 'storages' | 'mountsNfs'>,
  asked: SubmitBody,
  user: string,
): Promise<Submission> => {
  const body = await withStorage(deps.storages, asked, user)
  const submission = readSubmission(await onItsTemplate(deps, body, user))
  await refuseUnmountable(deps, submission)
  return submission
}

const onItsTemplate = async (
  { templates }: Pick<ApiDeps, 'templates'>,
  body: SubmitBody,
  user: string,
): Promise<SubmitBody> => {
  if (!body.template) return body
  const { request } = await findTemplate(templates, body.template, user)
  return onTemplate(JSON.parse(request) as SubmitBody, body)
}

/** A submission made complete: its image as it is now, where it came from, its gateway, and a name. */
export const completed = async (
  deps: Pick<ApiDeps, 'images' | 'gateways' | 'now'>,
  { imageName, gateway, ...submission }: Submission,
  caller: Caller,
  address: string,
): Promise<JobSpec> => ({
  name: nameFor(imageName, submission.instanceType),
  ...submission,
  ...submittedFrom(submission, address),
  image: await deps.images.resolve(imageName),
  userNumber: caller.user.number,
  ...(await gatewayFor(deps, gateway, caller)),
})

/** On the local cloud root of an instance is root of this machine (ADR 11). */
export const refuseHooks = ({ hostInit, hostTerminate }: Submission, { user }: Caller): void => {
  if (user.role === 'admin' || (hostInit === undefined && hostTerminate === undefined)) return
  const flag = hostInit === undefined ? '--hostTerminate' : '--hostInit'
  throw new UserError(
    'forbidden',
    `${flag} runs as root on the instance, and on the local cloud that is the OpCenter's own machine: it is for admins; what the job itself needs belongs into its image or script`,
  )
}

/** Whose address lets nobody in is told so before the job waits for guests. */
export const submittedFrom = (
  { publish, allowFrom }: Pick<Submission, 'publish' | 'allowFrom'>,
  address: string,
): Pick<JobSpec, 'submittedFrom'> => {
  if (publish.length === 0 || allowFrom) return {}
  const ipv4 = address === '::1' ? '127.0.0.1' : address.replace(/^::ffff:/i, '')
  if (isIPv4(ipv4)) return { submittedFrom: ipv4 }
  throw invalidArgument(
    '--publish: you come by IPv6; say with --allowFrom CIDR which IPv4 may reach the ports',
  )
}

const NAME_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `<image>-<6 characters>-<type>` */
const nameFor = (imageName: string, instanceType = 'any'): string => {
  const { repository } = splitTag(imageName.replace(/@sha256:.*$/, ''))
  const base = repository.slice(repository.lastIndexOf('/') + 1)
  const letters = Array.from({ length: 6 }, () => NAME_LETTERS[randomInt(NAME_LETTERS.length)]).join('')
  return `${base}-${letters}-${instanceType}`
}
