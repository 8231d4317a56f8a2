import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pipeRow, setPipeLimit } from './pipe-limit.ts'

let directory: string
let limit: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-pipe-'))
  limit = join(directory, 'pipe-max-size')
})
afterEach(() => rmSync(directory, { recursive: true }))

test.each([
  ['1048576', 'warning', '1024 KiB: CRIU may fail to save much memory'],
  ['4194304', 'ok', '4 MiB'],
  ['268435456', 'warning', '262144 KiB: a job in swap may be killed while it is saved'],
])('a limit of %s bytes is %s', (bytes, status, found) => {
  writeFileSync(limit, `${bytes}\n`)
  expect(pipeRow(limit)).toMatchObject({ name: 'pipes', status, found })
})

test.each(['1048576', '536870912'])('a limit of %s is set to what a dump needs and can pin', (before) => {
  writeFileSync(limit, before)
  setPipeLimit(limit)
  expect(readFileSync(limit, 'utf8')).toBe('4194304')
})

test('where it cannot be raised the row says so', () => {
  const absent = join(directory, 'absent', 'pipe-max-size')
  setPipeLimit(absent)
  expect(pipeRow(absent).status).toBe('warning')
})
