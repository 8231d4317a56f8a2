import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { criuErrors } from './criu-log.ts'

let directory: string
let log: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-criu-'))
  log = join(directory, 'dump.log')
})
afterEach(() => rmSync(directory, { recursive: true }))

const said = (...lines: string[]): string => {
  writeFileSync(log, `${lines.join('\n')}\n`)
  return criuErrors(log)
}

test('an error is told with the line before it', () => {
  expect(
    said(
      '(00.1) Dumping pages',
      '(00.2) fd 1: looking up mount',
      "(00.3) Error (criu/files.c:9): Can't lookup mount=1 for fd=1",
      '(00.4) Unlock network',
    ),
  ).toBe("(00.2) fd 1: looking up mount\n(00.3) Error (criu/files.c:9): Can't lookup mount=1 for fd=1")
})

test('what is said on every machine is left out', () => {
  expect(
    said(
      "(00.1) Error (criu/rlimit.c:1): rlimit: Can't setup RLIMIT_NOFILE for self",
      '(00.2) Error (criu/tun.c:1): tun: Unable to create tun',
    ),
  ).toBe('')
})

test('of many errors the first are told, since the rest follow from them', () => {
  const errors = Array.from({ length: 50 }, (_, number) => `(00.${number}) Error (a.c:${number}): broken`)
  expect(said(...errors).split('\n')).toEqual(errors.slice(0, 12))
})

test('no log says nothing', () => {
  expect(criuErrors(join(directory, 'absent.log'))).toBe('')
})
