/** Of a task that failed: what a person wants to read, and whether its author says that another try may go better. */
export type LastWords = { readonly text: string; readonly recoverable: boolean }

const BEGIN = /!! Begin ([\w -]+) Error Captured by\s+Flyte !!/
const END = /!! End Error Captured by\s+Flyte !!/
/** `06:02:14.085891 ERROR    entrypoint.py:305 - `, as flytekit's log writes it before each record. */
const RECORD = /^\S+ +(ERROR|INFO|WARNING) +\S+\.py:\d+ - /
/** How flytekit names what was raised as `FlyteRecoverableException`, or as a kind of it, where the exception is told; its log breaks lines. */
const RECOVERABLE = /^\s*[\w.]+:\s+USER:Recoverable:\s+error=/m
/** What was raised around the task, not in it; flytekit takes it for recoverable too (its bin/entrypoint.py). */
const AROUND = 'Unknown System'
/** Of what else a failed program said. */
const TAIL = 2000
/** Of what flytekit captured; a task's own message may be anything. */
const MOST = 8000

/**
 * The error as flytekit has captured it, else the end of what the program wrote to stderr, else to stdout. The log's columns
 * are taken off. flytekit also writes the error to `error.pb` in the engine's object store, which the agent has no key to.
 */
export const lastWordsOf = (stdout: string, stderr: string): LastWords => {
  for (const text of [stdout, stderr].map(asText)) {
    const begin = [...text.matchAll(new RegExp(BEGIN, 'g'))].at(-1)
    if (!begin) continue
    const captured = text.slice(begin.index + begin[0].length)
    const error = withoutColumns(captured.slice(0, END.exec(captured)?.index))
    return { text: error.slice(-MOST), recoverable: begin[1] === AROUND || RECOVERABLE.test(error) }
  }
  return { text: (stderr.trim() || stdout.trim()).slice(-TAIL), recoverable: false }
}

/** Where flytekit writes its log as a JSON object a line, as 1.13 does in a job, what they say. */
const asText = (log: string): string =>
  log.replaceAll(/^\{"asctime": .*\}$/gm, (line) => {
    try {
      const { message } = JSON.parse(line) as { readonly message?: unknown }
      return typeof message === 'string' ? message : line
    } catch {
      return line
    }
  })

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
