import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pipeRow, raisePipeLimit } from './pipe-limit.ts'

let directory: string
let limit: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-pipe-'))
  limit = join(directory, 'pipe-max-size')
})
afterEach(() => rmSync(directory, { recursive: true }))

test.each([
  ['1048576', 'warning', '1024 KiB: CRIU may fail to save much memory'],
  ['268435456', 'ok', '256 MiB'],
])('a limit of %s bytes is %s', (bytes, status, found) => {
  writeFileSync(limit, `${bytes}\n`)
  expect(pipeRow(limit)).toMatchObject({ name: 'pipes', status, found })
})

test('a low limit is raised, a higher one is left alone', () => {
  writeFileSync(limit, '1048576')
  raisePipeLimit(limit)
  expect(readFileSync(limit, 'utf8')).toBe('268435456')
  writeFileSync(limit, '536870912')
  raisePipeLimit(limit)
  expect(readFileSync(limit, 'utf8')).toBe('536870912')
})

test('where it cannot be raised the row says so', () => {
  const absent = join(directory, 'absent', 'pipe-max-size')
  raisePipeLimit(absent)
  expect(pipeRow(absent).status).toBe('warning')
})
