import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Where this machine gets Debian from: the address of the archive and, when it has one, of security updates. */
export type DebianMirror = { readonly archive: string; readonly security?: string }

type Entry = { readonly uri: string; readonly suite: string }

/** `deb [options] URI suite component…` */
const oneLineEntries = (text: string): Entry[] =>
  text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+.*\bmain\b/.exec(line)
    return found?.[1] !== undefined && found[2] !== undefined ? [{ uri: found[1], suite: found[2] }] : []
  })

/** Stanzas of `Types:`, `URIs:`, `Suites:`, `Components:`, `Enabled:`. */
const stanzaEntries = (text: string): Entry[] =>
  text
    .split(/\n\s*\n/)
    .map((stanza) => stanza.replace(/^#.*\n?/gm, ''))
    .flatMap((stanza) => {
      const field = (name: string): string[] =>
        (new RegExp(`^${name}:((?:.*)(?:\\n[ \\t].*)*)`, 'im').exec(stanza)?.[1] ?? '')
          .split(/\s+/)
          .filter(Boolean)
      const usable =
        field('Types').includes('deb') && field('Components').includes('main') && field('Enabled')[0] !== 'no'
      return usable ? field('URIs').flatMap((uri) => field('Suites').map((suite) => ({ uri, suite }))) : []
    })

/** Debian's own release names: other archives in the sources (of vendors) use names of their own. */
const DEBIAN_SUITE = /^(bookworm|trixie|forky|sid|stable|testing|unstable|oldstable)$/
const SECURITY_SUITE = /^(bookworm|trixie|forky|stable|testing|oldstable)-security$/

/** Reads the mirror from the contents of apt's source files; absent when none of them names Debian. */
export const mirrorFrom = (
  files: readonly { readonly name: string; readonly text: string }[],
): DebianMirror | undefined => {
  const entries = files.flatMap(({ name, text }) =>
    name.endsWith('.sources') ? stanzaEntries(text) : oneLineEntries(text),
  )
  const plain = (uri: string): string => uri.replace(/\/+$/, '')
  const archive = entries.find(({ suite }) => DEBIAN_SUITE.test(suite))
  const security = entries.find(({ suite }) => SECURITY_SUITE.test(suite))
  if (archive === undefined) return undefined
  return {
    archive: plain(archive.uri),
    ...(security === undefined ? {} : { security: plain(security.uri) }),
  }
}

/** The sources.list of a Debian 13 system made from the same mirror. */
export const sourcesOf = (mirror: DebianMirror, suite: string): readonly string[] => [
  `deb ${mirror.archive} ${suite} main`,
  `deb ${mirror.archive} ${suite}-updates main`,
  ...(mirror.security === undefined ? [] : [`deb ${mirror.security} ${suite}-security main`]),
]

/** The mirror this machine uses itself, so that no address is written down in this project. */
export const machineMirror = (): DebianMirror => {
  const parts = '/etc/apt/sources.list.d'
  const names = [
    '/etc/apt/sources.list',
    ...(existsSync(parts) ? readdirSync(parts).map((name) => `${parts}/${name}`) : []),
  ]
  const mirror = mirrorFrom(
    names
      .filter((name) => /\.(list|sources)$/.test(name) && existsSync(name))
      .map((name) => ({ name, text: readFileSync(name, 'utf8') })),
  )
  if (mirror === undefined) {
    throw new Error('None of the apt sources of this machine names a Debian archive with the component main.')
  }
  return mirror
}
