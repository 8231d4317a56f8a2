import { readFileSync } from 'node:fs'

const LINES_BEFORE = 3
const MOST_LINES = 14

/** What CRIU said around its first errors, for a person to read. */
export const criuErrors = (log: string): string => {
  let lines: string[]
  try {
    lines = readFileSync(log, 'utf8').split('\n')
  } catch {
    return ''
  }
  const first = lines.findIndex((line) => line.includes('Error ('))
  if (first < 0) return ''
  return lines.slice(Math.max(0, first - LINES_BEFORE), first + MOST_LINES - LINES_BEFORE).join('\n').trim()
}
