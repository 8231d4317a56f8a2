import fs, { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openLog } from './open-log.ts'

const inFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mmcloud-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'opencenter.log')
}
const linesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)

/** Until the answer is called no byte can be written. */
const fillDisk = (): (() => void) => {
  const write = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  })
  onTestFinished(() => write.mockRestore())
  return () => write.mockRestore()
}

test('who tells does not fail when the disk is full, and what was told is written when it no longer is', () => {
  const file = inFolder()
  const log = openLog('info', file)
  log.info({}, 'before')
  const makeRoom = fillDisk()
  log.info({}, 'first')
  log.info({}, 'second')
  makeRoom()
  log.info({}, 'after')
  expect(linesOf(file)).toEqual(['before', 'first', 'second', 'after'])
})

test('a disk that is full for long costs lines, and none that come when it no longer is', () => {
  const file = inFolder()
  const log = openLog('info', file)
  const makeRoom = fillDisk()
  for (let line = 0; line < 20_000; line++) log.info({}, `line ${line}`)
  makeRoom()
  log.info({}, 'lost, but makes the others be written')
  log.info({}, 'after')
  const lines = linesOf(file)
  expect(lines[0]).toBe('line 0')
  expect(lines.at(-1)).toBe('after')
  expect(lines.length).toBeLessThan(20_000)
})
