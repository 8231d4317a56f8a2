import { readFileSync } from 'node:fs'

const MOST_LINES = 12
/** Said on many machines whose dumps succeed. */
const HARMLESS = /RLIMIT_NOFILE|tun: Unable/

/** CRIU's errors and its line before the first of them, for a person to read. */
export const criuErrors = (log: string): string => {
  let lines: string[]
  try {
    lines = readFileSync(log, 'utf8').split('\n')
  } catch {
    return ''
  }
  const isError = (line: string): boolean => line.includes('Error (') && !HARMLESS.test(line)
  const told = lines.filter((line, index) => isError(line) || isError(lines[index + 1] ?? ''))
  return told.slice(0, MOST_LINES).join('\n').trim()
}
