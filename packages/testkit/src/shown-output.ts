/**
 * What a document shows, beside what came. A line `…` stands for any lines, `…` within a line for any text. Ids,
 * addresses and passwords stand for others of their kind, each always for the same one; times, measured numbers with
 * their unit and widths of columns for any. All else stands for itself.
 */
export class ShownOutput {
  /** What the document calls it → what it is here. */
  readonly #meaning: Map<string, string>

  /** `known` is what the document calls things that are there before it begins. */
  constructor(known: Readonly<Record<string, string>>) {
    this.#meaning = new Map(Object.entries(known))
  }

  /** A command of the document as it is run here. */
  inPlace(command: string): string {
    return split(command, [this.#knownNames()])
      .map(({ text }) => this.#meaning.get(text) ?? text)
      .join('')
  }

  /** Whether what came is what the document shows; if it is, its names keep their meaning from now on. */
  matches(shown: readonly string[], came: string): boolean {
    const names: string[] = []
    const pattern = shown.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${this.#pattern(line, names)} *\\n`))
    const found = new RegExp(`^${pattern.join('')}$`).exec(came.replace(/\n*$/, '\n'))
    if (!found) return false
    const meaning = new Map(this.#meaning)
    for (const [at, name] of names.entries()) {
      const meant = found[at + 1]!
      if ((meaning.get(name) ?? meant) !== meant) return false
      meaning.set(name, meant)
    }
    for (const [name, meant] of meaning) this.#meaning.set(name, meant)
    return true
  }

  /** A line as a regular expression; `names` grows by what its groups are called in the document. */
  #pattern(line: string, names: string[]): string {
    return split(line.trimEnd(), [this.#knownNames(), ...KINDS])
      .map(({ text, kind }) => {
        const meant = this.#meaning.get(text)
        if (meant !== undefined || kind === undefined) return literal(meant ?? text)
        if (!kind.isName) return `(?:${kind.came})`
        names.push(text)
        return `(${kind.came})`
      })
      .join('')
  }

  #knownNames(): Kind {
    const names = [...this.#meaning.keys()].map((name) => `(?<![\\w.])${literal(name)}(?![\\w])`)
    return { shown: names.join('|') || NEVER, came: NEVER, isName: true }
  }
}

/** How a kind of thing is written in a document and in what comes, as regular expressions. */
type Kind = { readonly shown: string; readonly came: string; readonly isName: boolean }

const any = (shown: string, came = shown): Kind => ({ shown, came, isName: false })
/** Which one it is matters. */
const name = (shown: string, came = shown): Kind => ({ shown, came, isName: true })

const NEVER = '(?!)'
const NUMBER = '\\d+(?:\\.\\d+)?'

/** The first that fits. */
const KINDS: readonly Kind[] = [
  any('…', '.*'),
  any('\\b\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d:\\d\\dZ)?\\b'),
  any('\\b\\d\\d:\\d\\d:\\d\\d\\b'),
  any(`\\+(?:\\d+[hm])*${NUMBER}s\\b`),
  any(`\\b(?:\\d+h)?(?:\\d+m)?${NUMBER}s\\b`),
  any(`\\b${NUMBER} (?:ms|s)\\b`),
  any(`\\b${NUMBER} (?:B|kB|MB|KiB|MiB|GiB)\\b`),
  // Money, with its currency or with as many digits as only money has.
  any(`\\b${NUMBER} USD\\b`),
  any('\\b\\d+\\.\\d{4,}\\b'),
  any(`\\b${NUMBER} ?%`),
  // A document's own have a digit, so that no word is taken for one.
  name('\\b(?=[a-z]*\\d)[a-z0-9]{21}\\b', '\\b[a-z0-9]{21}\\b'),
  name('\\bi-[a-z0-9]{17}\\b'),
  name('\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b'),
  name('(?<=shown only now\\): )\\S+'),
  any(' +'),
  any('-{3,}'),
]

/** A text cut into what is of one of these kinds, and what is of none. */
const split = (text: string, kinds: readonly Kind[]): { text: string; kind?: Kind }[] => {
  const pieces: { text: string; kind?: Kind }[] = []
  let end = 0
  for (const found of text.matchAll(new RegExp(kinds.map(({ shown }) => `(${shown})`).join('|'), 'g'))) {
    pieces.push({ text: text.slice(end, found.index) })
    pieces.push({ text: found[0], kind: kinds[found.slice(1).findIndex((group) => group !== undefined)]! })
    end = found.index + found[0].length
  }
  return [...pieces, { text: text.slice(end) }]
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
