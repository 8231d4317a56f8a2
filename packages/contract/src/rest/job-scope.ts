import { ROUTES, type RouteName } from './routes.ts'

/** What a program may ask of the OpCenter from inside its job: only about this job, and for the secrets of its owner. */
const JOB_SCOPE = [
  'version',
  'job',
  'modifyJob',
  'suspendJob',
  'migrateJob',
  'snapshotJob',
  'events',
  'migrations',
  'instances',
  'samples',
  'inspection',
  'jobCost',
  'logs',
  'logBytes',
  'secret',
] as const satisfies readonly RouteName[]

/** Where every job finds the OpCenter: an address of its instance, the same on each, behind which its worker is. */
export const FLOAT_ADDRESS = { host: '10.254.253.1', port: 443 } as const

/** `Authorization: Worker INSTANCE:CREDENTIAL`: a worker asks for the job of its instance. */
export const WORKER_SCHEME = 'Worker'

/** Policies, sizes and tags: more is none of what a job may send. */
export const JOB_BODY_BYTES = 65_536
/** Filters and ranges are short. */
const JOB_QUERY_CHARACTERS = 1024

/** One call as a job may make it; `path` has nothing in it but words. */
export type JobCall = { readonly name: RouteName; readonly job?: string; readonly path: string }

export const inJobScope = (name: RouteName): boolean => (JOB_SCOPE as readonly RouteName[]).includes(name)

/** The call that method and URL make, or nothing when no job may make it, whichever job it is about. */
export const readJobCall = (method: string, url: string): JobCall | undefined => {
  const [, path, query = ''] = /^(\/[^?#]*)(\?[^#]*)?$/.exec(url) ?? []
  if (path === undefined || query.length > JOB_QUERY_CHARACTERS) return undefined
  for (const name of JOB_SCOPE) {
    const found = ROUTES[name].method === method ? PATTERNS[name].exec(path) : undefined
    if (!found) continue
    const job = found.groups?.['id']
    return { name, ...(job === undefined ? {} : { job }), path: `${path}${query}` }
  }
  return undefined
}

/** Parameters are words, as ids and the names of log files are: nothing is encoded, nothing climbs. */
const patternOf = (name: RouteName): RegExp =>
  new RegExp(`^${ROUTES[name].path.replaceAll(/\{(\w+)\}/g, '(?<$1>(?!\\.+(?:/|$))[\\w.-]{1,128})')}$`)

const PATTERNS = Object.fromEntries(JOB_SCOPE.map((name) => [name, patternOf(name)])) as Record<
  (typeof JOB_SCOPE)[number],
  RegExp
>
