import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../system/wait.ts'
import { LogPump } from './log-pump.ts'

let directory: string
let writer: number
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mmw-pump-'))
  execFileSync('mkfifo', [join(directory, 'pipe')])
  // Both ways, so that neither end waits for the other.
  writer = openSync(join(directory, 'pipe'), constants.O_RDWR)
})
afterEach(() => {
  closeSync(writer)
  rmSync(directory, { recursive: true })
})

const log = (): string => join(directory, 'stdout.autosave')
const pump = (path = log()): LogPump => new LogPump(join(directory, 'pipe'), path)

test('what is written into the pipe comes into the file in order, by itself', async () => {
  const running = pump()
  const text = Array.from({ length: 500 }, (_, line) => `line ${line}\n`).join('')
  for (const line of text.split(/(?<=\n)/)) writeSync(writer, line)
  const all = (): true | undefined => (running.offset === text.length ? true : undefined)
  await until(all, { withinMs: 5000, late: () => `${running.offset} of ${text.length} bytes` })
  running.close()
  expect(readFileSync(log(), 'utf8')).toBe(text)
})

test('drain has everything in the file at once, and offsets go on from what the file had', () => {
  const first = pump()
  writeSync(writer, 'one')
  first.drain()
  expect(first.offset).toBe(3)
  first.close()
  const second = pump()
  writeSync(writer, 'two')
  second.drain()
  second.close()
  expect(second.offset).toBe(6)
  expect(readFileSync(log(), 'utf8')).toBe('onetwo')
})

test('a full disk is told by drain, and ends nothing', async () => {
  const running = pump('/dev/full')
  writeSync(writer, 'no room')
  const told = (): true | undefined => {
    try {
      running.drain()
      return undefined
    } catch (error) {
      expect(String(error)).toContain('ENOSPC')
      return true
    }
  }
  await until(told, { withinMs: 5000, late: () => 'drain found room' })
  expect(running.offset).toBe(0)
  running.close()
})
