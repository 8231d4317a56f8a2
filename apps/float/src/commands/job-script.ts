import { AwsV4Signer } from 'aws4fetch'
import type { World } from '../world.ts'

/** What a script of that name is never meant for `/bin/sh`. */
const INTERPRETERS: Readonly<Record<string, string>> = {
  py: 'python3',
  r: 'Rscript',
  jl: 'julia',
  pl: 'perl',
  rb: 'ruby',
  js: 'node',
}

/**
 * The text of a job's script: a file here, `http(s)://…`, or `s3://BUCKET/KEY`. Uploaded with the job, so that what is behind
 * the name may change or go right after.
 */
export const jobScript = async (from: string | undefined, world: World): Promise<string | undefined> => {
  if (from === undefined || from === '') return undefined
  const text = await textOf(from, world)
  if (text === '') throw new Error(`${from} is empty: there is nothing to run`)
  const interpreter = INTERPRETERS[from.slice(from.lastIndexOf('.') + 1).toLowerCase()]
  if (interpreter && !text.startsWith('#!'))
    throw new Error(
      `${from} does not begin with "#!", so that /bin/sh would run it; make its first line #!/usr/bin/env ${interpreter}`,
    )
  return text
}

const textOf = async (from: string, world: World): Promise<string> => {
  const scheme = /^([a-z0-9]+):\/\//i.exec(from)?.[1]?.toLowerCase()
  if (scheme === undefined) return world.readFile(from)
  if (scheme === 'http' || scheme === 'https') return world.fetchText(from, {})
  if (scheme !== 's3')
    throw new Error(`--job: ${scheme}:// is not read; a file, http://, https:// and s3:// are`)
  const { url, headers } = await s3Request(from, world.env)
  return world.fetchText(url, headers)
}

/** A read of an object, signed where the environment has keys, by the names that the AWS tools have given them. */
const s3Request = async (
  from: string,
  env: World['env'],
): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }> => {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(from) ?? []
  if (!bucket || !key) throw new Error(`--job: "${from}" is not s3://BUCKET/KEY`)
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1'
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']
  const path = key.split('/').map(encodeURIComponent).join('/')
  const url = endpoint
    ? `${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`
    : `https://${bucket}.s3.${region}.amazonaws.com/${path}`
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (!accessKeyId || !secretAccessKey) return { url, headers: {} }
  const sessionToken = env['AWS_SESSION_TOKEN']
  const signer = new AwsV4Signer({
    url,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    service: 's3',
    region,
  })
  return { url, headers: Object.fromEntries((await signer.sign()).headers) }
}
