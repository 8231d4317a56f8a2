import type { StorageMountParams } from '@mmcloud/contract'

export type BucketParams = Extract<StorageMountParams, { kind: 's3' }>

const CONNECT_SECONDS = 10
/** What others change is seen after this long; its own default is a quarter of an hour. */
const KNOWN_FOR_SECONDS = 5

/** How s3fs is called: in the foreground, so that its end is seen. Holds no key. */
export const s3fsArguments = (
  { bucket, prefix, endpoint, keys, mode }: BucketParams,
  path: string,
): string[] => {
  const options = [
    'allow_other',
    // Buckets of one's own servers have no host names.
    ...(endpoint === undefined ? [] : [`url=${endpoint}`, 'use_path_request_style']),
    ...(mode === 'r' ? ['ro'] : []),
    ...(keys === undefined ? ['public_bucket=1'] : []),
    ...(keys?.token === undefined ? [] : ['use_session_token']),
    // The older signature, tried after a refusal, would hide why the first was refused.
    'sigv4',
    // Folders are what lies below them: other programs make no objects for them.
    'compat_dir',
    `connect_timeout=${CONNECT_SECONDS}`,
    `stat_cache_expire=${KNOWN_FOR_SECONDS}`,
    // Programs wait for files that others make; one that was not there would be kept as such while it is asked for.
    'disable_noobj_cache',
  ]
  const source = prefix === '' ? bucket : `${bucket}:/${prefix}`
  return [source, path, '-f', ...options.flatMap((option) => ['-o', option])]
}

/** Keys by the environment: only root on the instance can read it, and there is no file of them to leave behind. */
export const s3fsEnvironment = ({ keys }: BucketParams): Record<string, string> =>
  keys === undefined
    ? {}
    : {
        AWS_ACCESS_KEY_ID: keys.accessKey,
        AWS_SECRET_ACCESS_KEY: keys.secret,
        ...(keys.token === undefined ? {} : { AWS_SESSION_TOKEN: keys.token }),
      }

/** Why s3fs ended, out of what it said. */
export const s3fsReason = (log: string): string => {
  const lines = log.trim().split('\n')
  const check = lines.findLast((line) => line.includes(CHECKED))
  if (check === undefined)
    return lines.findLast((line) => /^(s3fs|fuse): /.test(line)) ?? 's3fs ended by itself'
  const said = check.slice(check.indexOf(CHECKED) + CHECKED.length)
  const [, what = said, message = ''] = /^(.*)\(host=[^,]*, message=(.*)\)/.exec(said) ?? []
  return message === '' ? what : `${what}: ${message}`
}

const CHECKED = 'Failed to check bucket and directory for mount point : '
