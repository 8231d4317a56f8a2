import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { zipSync, type Zippable } from 'fflate'
import { parse } from 'smol-toml'
import { z } from 'zod'

/** A Python package that pip installs, in memory: some kilobytes of pure Python. */
export type Wheel = {
  /** As pip asks for it: lower case, words joined by `-`. */
  readonly project: string
  readonly file: string
  readonly content: Buffer
  /** Hex. */
  readonly sha256: string
  readonly requiresPython: string
}

/** What this project's packages say of themselves; anything else there would be lost in the wheel, and is refused. */
const Project = z.object({
  'build-system': z.object({ requires: z.array(z.string()), 'build-backend': z.string() }),
  project: z.strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    version: z.string(),
    description: z.string(),
    readme: z.literal('README.md'),
    license: z.strictObject({ text: z.string() }),
    'requires-python': z.string(),
    dependencies: z.array(z.string()),
    scripts: z.record(z.string(), z.string()).optional(),
    'entry-points': z.record(z.string(), z.record(z.string(), z.string())).optional(),
  }),
})
type About = z.infer<typeof Project>['project']

/**
 * The wheel of a package with its code under `src`, as `pip wheel` would make it: so an OpCenter needs no Python. The same
 * sources always give the same bytes. Format: packaging.python.org, "Binary distribution format" and "Core metadata".
 */
export const wheelOf = (folder: string): Wheel => {
  const { project: about } = Project.parse(parse(readFileSync(join(folder, 'pyproject.toml'), 'utf8')))
  const stem = `${about.name.replaceAll('-', '_')}-${about.version}`
  const info = `${stem}.dist-info`
  const files = new Map<string, Buffer>(sourcesBelow(join(folder, 'src')))
  files.set(`${info}/METADATA`, text(metadata(about, readFileSync(join(folder, about.readme), 'utf8'))))
  files.set(`${info}/WHEEL`, text(TAGS))
  files.set(`${info}/entry_points.txt`, text(entryPoints(about)))
  const record = [...files].map(([path, content]) => `${path},sha256=${digest(content)},${content.length}`)
  files.set(`${info}/RECORD`, text([...record, `${info}/RECORD,,`, ''].join('\n')))
  const content = Buffer.from(zipSync(asZip(files)))
  return {
    project: about.name,
    file: `${stem}-py3-none-any.whl`,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    requiresPython: about['requires-python'],
  }
}

const TAGS = 'Wheel-Version: 1.0\nGenerator: memory-machine-cloud\nRoot-Is-Purelib: true\nTag: py3-none-any\n'

const sourcesBelow = (folder: string): [string, Buffer][] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.name.endsWith('.pyc') && !file.parentPath.includes('.egg-info'))
    .map((file) => join(file.parentPath, file.name))
    .toSorted()
    .map((path) => [relative(folder, path), readFileSync(path)])

const metadata = (about: About, readme: string): string =>
  [
    'Metadata-Version: 2.1',
    `Name: ${about.name}`,
    `Version: ${about.version}`,
    `Summary: ${about.description}`,
    `License: ${about.license.text}`,
    `Requires-Python: ${about['requires-python']}`,
    ...about.dependencies.map((each) => `Requires-Dist: ${each}`),
    'Description-Content-Type: text/markdown',
    '',
    readme,
  ].join('\n')

const entryPoints = ({ scripts = {}, 'entry-points': groups = {} }: About): string =>
  Object.entries({ ...(Object.keys(scripts).length > 0 ? { console_scripts: scripts } : {}), ...groups })
    .map(([group, names]) => [`[${group}]`, ...Object.entries(names).map(([name, at]) => `${name} = ${at}`)])
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')

const text = (content: string): Buffer => Buffer.from(content, 'utf8')

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('base64url')

/** A zip knows no time before 1980. */
const asZip = (files: ReadonlyMap<string, Buffer>): Zippable =>
  Object.fromEntries([...files].map(([path, content]) => [path, [content, { mtime: new Date(1980, 0, 1) }]]))
