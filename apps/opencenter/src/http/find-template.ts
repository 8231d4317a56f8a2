import { parseTemplateName } from '@mmcloud/contract'
import { notFound } from '@mmcloud/domain'
import type { Template, Templates } from '@mmcloud/store'

/** Every tag of the template that the user means; their own stand before shared ones of the same name. */
export const templatesNamed = async (
  templates: Templates,
  text: string,
  user: string,
): Promise<readonly Template[]> => {
  const { among, name, tag } = parseTemplateName(text)
  const found = (await templates.visibleTo(user)).filter(
    (one) => one.name === name && (tag === undefined || one.tag === tag),
  )
  const own = found.filter((one) => one.user === user)
  const meant = own.length > 0 || among === 'private' ? own : found
  if (meant.length === 0) throw notFound(`template ${text}`)
  return meant
}

/** The one that is meant: by its tag; without one `latest`, or else the newest. */
export const findTemplate = async (templates: Templates, text: string, user: string): Promise<Template> => {
  const meant = await templatesNamed(templates, text, user)
  const newest = meant.toSorted((a, b) => b.createdAt - a.createdAt)
  return meant.find(({ tag }) => tag === 'latest') ?? newest[0]!
}
