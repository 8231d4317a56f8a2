const BEGIN = /!! Begin \w+ Error Captured by\s+Flyte !!/
const END = /!! End Error Captured by\s+Flyte !!/
/** `06:02:14.085891 ERROR    entrypoint.py:305 - `, as flytekit's log writes it before each record. */
const RECORD = /^\S+ +(ERROR|INFO|WARNING) +\S+\.py:\d+ - /
/** Of what else a failed program said. */
const TAIL = 2000

/**
 * What a person wants to read of a task that failed: the error as flytekit has captured it, else the end of what the program
 * wrote to stderr, else to stdout. The log's columns are taken off.
 */
export const lastWordsOf = (stdout: string, stderr: string): string => {
  for (const text of [stdout, stderr]) {
    const begin = [...text.matchAll(new RegExp(BEGIN, 'g'))].at(-1)
    if (!begin) continue
    const captured = text.slice(begin.index + begin[0].length)
    const end = END.exec(captured)?.index
    return withoutColumns(captured.slice(0, end))
  }
  return (stderr.trim() || stdout.trim()).slice(-TAIL)
}

const withoutColumns = (text: string): string => {
  const lines = text
    .split('\n')
    .map((line) => line.replace(RECORD, (prefix) => ' '.repeat(prefix.length)).trimEnd())
  const indents = lines.filter((line) => line !== '').map((line) => /^ */.exec(line)![0].length)
  const common = Math.min(...indents)
  return lines
    .map((line) => line.slice(common))
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
