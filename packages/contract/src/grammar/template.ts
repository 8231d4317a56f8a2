import { invalidArgument } from '@mmcloud/domain'
import type { SubmitBody } from '../rest/jobs.ts'
import { fieldOfFlag, flagOfField } from './fields.ts'
import { overlay } from './job-request.ts'
import { asksForSomething } from './unset.ts'

/** Which saved configuration is meant. */
export type TemplateName = {
  /** `private`: only one's own; `any`: one's own before a shared one. */
  readonly among: 'private' | 'any'
  readonly name: string
  /** Absent where none was written. */
  readonly tag?: string
}

/** `[private::]NAME[:TAG]` */
export const parseTemplateName = (text: string): TemplateName => {
  const parts =
    /^(private::)?([A-Za-z0-9][A-Za-z0-9._-]{0,127})(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?$/.exec(
      text.trim(),
    )
  const [, own, name, tag] = parts ?? []
  if (name === undefined) throw invalidArgument(`--template: "${text}" is not [private::]NAME[:TAG]`)
  return { among: own === undefined ? 'any' : 'private', name, ...(tag === undefined ? {} : { tag }) }
}

/** A request on top of its template; only fields that `overwriteTemplate` names (`*`: all) may be given beside it. */
export const onTemplate = (template: SubmitBody, body: SubmitBody): SubmitBody => {
  const { template: _, overwriteTemplate, ...over } = body
  const names = overwriteTemplate?.trim().replace(/^\[(.*)\]$/s, '$1') || '*'
  const allowed = names.split(',').map((name) => fieldOfFlag(name.trim()))
  for (const [key, value] of Object.entries(over)) {
    if (!asksForSomething(value) || allowed.includes('*') || allowed.includes(key) || key === 'name') continue
    throw invalidArgument(
      `${flagOfField(key)} may not differ from the template: --overwriteTemplate names only ${names}`,
    )
  }
  return overlay(template, over)
}
