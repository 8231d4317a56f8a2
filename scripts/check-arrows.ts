import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkout } from './setup/places.ts'

/** Which rooms of the house a room may import; its own folder always. Reasons: docs/adr/0001-arrows.md. */
export const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'packages/domain': [],
  'packages/contract': ['domain'],
  'packages/engine': ['domain', 'contract'],
  'packages/store': ['domain', 'engine/ports'],
  'packages/provider-local': ['domain', 'engine/ports'],
  'packages/client': ['contract'],
  'packages/report': ['client', 'contract', 'domain'],
  'apps/float': ['client', 'contract', 'domain', 'nebula-agent', 'report'],
  'apps/gateway': ['domain'],
  'apps/nebula-agent': ['client', 'contract', 'domain'],
  'apps/worker': ['contract', 'domain'],
}

/** Adapters may use what the engine's index hands out of `ports/`, so the bare package name counts as that. */
const PORTS_ONLY = 'engine/ports'

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g

/** What is wrong with the imports of one file, in a sentence each. `file` is relative to the checkout. */
export const violationsIn = (file: string, source: string): readonly string[] => {
  const room = Object.keys(ARROWS).find((name) => file.startsWith(`${name}/`))
  if (room === undefined) return []
  const allowed = ARROWS[room] ?? []
  return [...source.matchAll(IMPORT)].flatMap(([, wanted = '']) => {
    const target = wanted.startsWith('.') ? join(dirname(file), wanted) : wanted
    if (target.startsWith(`${room}/`)) return []
    if (wanted.startsWith('.'))
      return [`${file}: ${wanted} reaches out of ${room}; import the package by its name`]
    const inside = /^@mmcloud\/(.+)$/.exec(wanted)?.[1]
    if (inside === undefined) return outsideViolation(room, file, wanted)
    return mayImport(allowed, inside) || (isTest(file) && inside.split('/')[0] === 'testkit')
      ? []
      : [`${file}: ${room} must not import ${wanted}`]
  })
}

/** The domain stands on nothing at all, Node's own modules included; its tests may use the test tools. */
const outsideViolation = (room: string, file: string, wanted: string): readonly string[] =>
  room === 'packages/domain' && !file.endsWith('.test.ts')
    ? [`${file}: ${room} imports nothing, but here ${wanted}`]
    : []

/** Tests share the test kit, whatever room they are in. */
const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes('/test/')

const mayImport = (allowed: readonly string[], inside: string): boolean =>
  allowed.some((name) => inside === name || inside.startsWith(`${name}/`)) ||
  (allowed.includes(PORTS_ONLY) && inside === 'engine')

const main = (): void => {
  const violations = globSync('{apps,packages}/*/{src,test}/**/*.ts', { cwd: checkout })
    .toSorted()
    .flatMap((file) => violationsIn(file, readFileSync(join(checkout, file), 'utf8')))
  for (const violation of violations) process.stderr.write(`${violation}\n`)
  process.stdout.write(`arrows: ${violations.length} wrong\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}

if (import.meta.main) main()
