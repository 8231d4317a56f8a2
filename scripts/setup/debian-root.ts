import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machineMirror, sourcesOf } from './apt-sources.ts'
import { checkout } from './places.ts'
import { run } from './run.ts'

/** What a recipe under `images/` says: a Debian release, how much of its base, and the packages on top. */
export type DebianRecipe = {
  readonly suite: string
  readonly variant: 'essential' | 'minbase'
  readonly include: readonly string[]
  /** Packages taken from where they are newest because this release's do not serve; everything else stays with `suite`. */
  readonly newer?: { readonly suites: readonly string[]; readonly packages: readonly string[] }
}

/** apt's preferences that keep newer suites out but for the packages named. Experimental goes by its archive's name. */
const pinOf = ({ suites, packages }: NonNullable<DebianRecipe['newer']>): string =>
  suites
    .map((suite) => (suite === 'experimental' ? `a=${suite}` : `n=${suite}`))
    .flatMap((release) => [
      `Package: *\\nPin: release ${release}\\nPin-Priority: 1\\n\\n`,
      `Package: ${packages.join(' ')}\\nPin: release ${release}\\nPin-Priority: 990\\n\\n`,
    ])
    .join('')

/** Reads `images/<name>/recipe.json`; the recipes are this project's own files. */
export const recipeOf = <R extends DebianRecipe>(name: string): R =>
  JSON.parse(readFileSync(join(checkout, 'images', name, 'recipe.json'), 'utf8')) as R

/** Manuals, translations and the like have no reader inside an instance or a container. */
const LEFT_OUT = [
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/doc/*',
  '/usr/share/lintian/*',
]

/** A proxy that this machine's apt goes through. */
const proxySettings = (): string[] =>
  spawnSync(
    'apt-config',
    ['dump', '--format', '%f "%v";%n', 'Acquire::http::Proxy', 'Acquire::https::Proxy'],
    { encoding: 'utf8' },
  )
    .stdout.split('\n')
    .filter((line) => /Proxy "[^"]+"/.test(line))

/**
 * Builds a Debian root at `target`: a directory, or a tar when the name ends in `.tar`. The same packages give the
 * same bytes: times are fixed, caches and logs of the build are left out.
 */
export const buildDebianRoot = async (
  recipe: DebianRecipe,
  target: string,
  progress: (what: string) => void,
  extra: readonly string[] = [],
): Promise<void> => {
  const sources = `${target}.list`
  const { newer } = recipe
  const mirror = machineMirror()
  // These are signed anew each day; a mirror that is some weeks behind must not stop the set-up.
  const newerLines = (newer?.suites ?? []).map(
    (suite) => `deb [check-valid-until=no] ${mirror.archive} ${suite} main`,
  )
  const lines = [...sourcesOf(mirror, recipe.suite), ...newerLines]
  writeFileSync(sources, `${lines.join('\n')}\n`)
  const pins = newer
    ? [
        `--setup-hook=mkdir -p "$1"/etc/apt/preferences.d; printf '${pinOf(newer)}' > "$1"/etc/apt/preferences.d/newer`,
        '--customize-hook=rm -f "$1"/etc/apt/preferences.d/newer',
      ]
    : []
  try {
    await run(
      'mmdebstrap',
      [
        `--variant=${recipe.variant}`,
        `--include=${recipe.include.join(',')}`,
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=APT::Install-Recommends "false"',
        ...proxySettings().map((line) => `--aptopt=${line}`),
        ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
        '--dpkgopt=path-include=/usr/share/doc/*/copyright',
        '--customize-hook=rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/dpkg/dpkg.cfg.d/99mmdebstrap',
        '--customize-hook=rm -rf "$1"/var/log/apt "$1"/var/log/dpkg.log "$1"/var/log/alternatives.log "$1"/var/cache/ldconfig/aux-cache',
        '--customize-hook=: > "$1"/etc/machine-id; rm -f "$1"/etc/hostname "$1"/etc/resolv.conf',
        ...pins,
        ...extra,
        recipe.suite,
        target,
        sources,
      ],
      {
        env: { SOURCE_DATE_EPOCH: '1735689600', LC_ALL: 'C' },
        onLine: (line) => line.startsWith('I: ') && progress(line.slice(3)),
      },
    )
  } finally {
    rmSync(sources, { force: true })
  }
}
