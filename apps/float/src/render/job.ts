import type { JobView } from '@mmcloud/contract'
import type { Format } from '../command.ts'
import { type Plain, renderYaml } from './yaml.ts'
import { renderTable } from './table.ts'

/** A job with the sentences of its last events, as `show` and `submit` print it. */
export const renderJob = (
  job: JobView,
  events: readonly string[] | undefined,
  format: Format | undefined,
): string => {
  if (format === 'json') return `${JSON.stringify({ ...job, ...(events ? { events } : {}) }, null, 2)}\n`
  const {
    customTags,
    portMappings,
    gatewayMappings,
    publicIP,
    inputArgs,
    vmPolicy,
    migratePolicy,
    ...plain
  } = job
  if (format === 'table') return jobTable(plain, publicIP, customTags)
  return [
    renderYaml(plain),
    // Bare even when empty: scripts take what follows the colon as the address.
    publicIP === '' ? 'publicIP:\n' : `publicIP: ${publicIP}\n`,
    bareList('portMappings', portMappings),
    bareList('gatewayMappings', gatewayMappings),
    renderYaml({ vmPolicy, migratePolicy, inputArgs }),
    events === undefined ? '' : renderYaml({ events: events.map(withoutKeywords) }),
    renderTags(customTags),
  ].join('')
}

/** Scripts take the fourth word of a line, so that none is quoted; an empty list is left out. */
const bareList = (key: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${key}:\n${lines.map((line) => `    - ${line}\n`).join('')}`

/**
 * Last of all, since a tag may end in `id` or `status`, and never quoted, even where YAML would quote a number or a
 * date: a client that does not find its tag as the user wrote it polls for ever.
 */
const renderTags = (tags: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `    ${key}: ${value}`.trimEnd())
  return lines.length === 0 ? 'customTags: {}\n' : `customTags:\n${lines.join('\n')}\n`
}

/** Scripts grep the whole text for `id: `, `status: `, `rc: ` and `public`; a sentence must not answer them. */
const withoutKeywords = (sentence: string): string =>
  sentence.replace(/(id|status|rc|portMappings):/gi, '$1 =').replace(/public/gi, 'outer')

const jobTable = (
  plain: { readonly [key: string]: Plain },
  publicIP: string,
  customTags: Readonly<Record<string, string>>,
): string => {
  const rows = Object.entries({ ...plain, publicIP }).map(([key, value]) => [key, String(value ?? '')])
  const tags = Object.entries(customTags).map(([key, value]) => [`customTags.${key}`, value])
  return renderTable(['FIELD', 'VALUE'], [...rows, ...tags])
}
