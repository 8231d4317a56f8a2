import { appendFileSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { boundLog } from './own-log.ts'

let directory: string
let log: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-log-'))
  log = join(directory, 'mmworker.log')
})
afterEach(() => rmSync(directory, { recursive: true }))

test('a log within its bound stays as it is', () => {
  appendFileSync(log, '12345')
  boundLog(log, 5)
  expect(readFileSync(log, 'utf8')).toBe('12345')
  expect(existsSync(`${log}.1`)).toBe(false)
})

test('a full log makes room, keeps the last part beside it, and is written on by whoever has it open', () => {
  const supervisor = openSync(log, 'a')
  for (const part of ['first', 'second', 'third']) {
    writeSync(supervisor, part)
    boundLog(log, 4)
  }
  expect(readFileSync(log, 'utf8')).toBe('')
  expect(readFileSync(`${log}.1`, 'utf8')).toBe('third')
  writeSync(supervisor, 'on')
  expect(readFileSync(log, 'utf8')).toBe('on')
})

test('no log is no trouble', () => boundLog(log, 1))
