import { describe, expect, it } from 'vitest'
import { mirrorFrom, sourcesOf } from './apt-sources.ts'

const stanzas = `Types: deb
# a remark in the middle
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`

describe("where this machine's Debian comes from", () => {
  it('reads stanzas', () => {
    expect(mirrorFrom([{ name: 'debian.sources', text: stanzas }])).toEqual({
      archive: 'http://mirror.example/debian',
      security: 'http://mirror.example/debian-security',
    })
  })

  it('reads one-line entries with options, and passes over remarks and sources of source packages', () => {
    const text = `# deb http://old.example/debian trixie main
deb-src http://src.example/debian trixie main
deb [arch=amd64 signed-by=/a/b.gpg] http://mirror.example/debian trixie main contrib
deb http://mirror.example/debian-security trixie-security main
`
    expect(mirrorFrom([{ name: 'sources.list', text }])).toEqual({
      archive: 'http://mirror.example/debian',
      security: 'http://mirror.example/debian-security',
    })
  })

  it('passes over archives of vendors and stanzas that are switched off', () => {
    const vendor = 'deb https://vendor.example/apt nodistro main\n'
    const off = stanzas.replaceAll('Types: deb', 'Enabled: no\nTypes: deb')
    expect(
      mirrorFrom([
        { name: 'vendor.list', text: vendor },
        { name: 'debian.sources', text: off },
      ]),
    ).toBeUndefined()
  })

  it('asks the same mirror for Debian 13', () => {
    expect(sourcesOf({ archive: 'http://m/debian' }, 'trixie')).toEqual([
      'deb http://m/debian trixie main',
      'deb http://m/debian trixie-updates main',
    ])
  })
})
