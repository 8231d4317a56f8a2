import { randomInt } from 'node:crypto'
import { onTemplate, readSubmission, type Submission, type SubmitBody } from '@mmcloud/contract'
import type { JobSpec } from '@mmcloud/domain'
import { splitTag } from '../images/image-resolver.ts'
import type { ApiDeps } from './api-deps.ts'
import { findTemplate } from './find-template.ts'

/** What a client asks for, on top of its template where it names one; what cannot be is refused here. */
export const readRequest = async (
  { templates }: Pick<ApiDeps, 'templates'>,
  body: SubmitBody,
  user: string,
): Promise<Submission> => {
  if (!body.template) return readSubmission(body)
  const { request } = await findTemplate(templates, body.template, user)
  return readSubmission(onTemplate(JSON.parse(request) as SubmitBody, body))
}

/** A submission made complete: its image as it is now, and a name. */
export const completed = async (
  { images }: Pick<ApiDeps, 'images'>,
  { imageName, ...submission }: Submission,
): Promise<JobSpec> => ({
  name: nameFor(imageName, submission.instanceType),
  ...submission,
  image: await images.resolve(imageName),
})

const NAME_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `<image>-<6 characters>-<type>` */
const nameFor = (imageName: string, instanceType = 'any'): string => {
  const { repository } = splitTag(imageName.replace(/@sha256:.*$/, ''))
  const base = repository.slice(repository.lastIndexOf('/') + 1)
  const letters = Array.from({ length: 6 }, () => NAME_LETTERS[randomInt(NAME_LETTERS.length)]).join('')
  return `${base}-${letters}-${instanceType}`
}
