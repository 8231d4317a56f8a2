/**
 * Between single quotes a shell takes everything as it is; a single quote itself stands outside of them. The quotes close and
 * open within the line end of Windows too: a script with one is refused, since there it is mostly a slip.
 */
export const quoteWord = (word: string): string =>
  `'${word.replaceAll("'", String.raw`'\''`).replaceAll('\r\n', "\r''\n")}'`

const WORD_PART = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|(\s+)|([\s\S])/g

/**
 * The words of a line as a POSIX shell splits it, with quotes and backslashes and nothing else: variables, patterns and
 * operators stay as they are written. Throws when a quote is not closed.
 */
export const splitWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | undefined
  for (const [, single, double, escaped, plain, blank] of line.matchAll(WORD_PART)) {
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const part = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain
    if (part === undefined) throw new Error('a quote is not closed')
    word = (word ?? '') + part
  }
  return word === undefined ? words : [...words, word]
}
