import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isRootOfAProcess, linkedShelf, prune } from './prune.ts'

let cache: string
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'mmcloud-prune-'))
})
afterEach(() => rmSync(cache, { recursive: true }))

it('keeps the link and what it names, and removes older results and half-made ones', () => {
  const folder = join(cache, 'system')
  for (const name of ['111111111111', '222222222222', '.making-333333333333'])
    mkdirSync(join(folder, name, 'usr'), { recursive: true })
  symlinkSync('222222222222', join(folder, 'current'))
  expect(prune([linkedShelf(folder, 'current')]).toSorted()).toEqual([
    'system/.making-333333333333',
    'system/111111111111',
  ])
  expect(readdirSync(folder).toSorted()).toEqual(['222222222222', 'current'])
  expect(prune([linkedShelf(folder, 'current')])).toEqual([])
})

it('has nothing to do where nothing was made', () => {
  expect(prune([{ folder: join(cache, 'vm'), keep: [] }])).toEqual([])
})

it('knows that no process lives in a folder just made', () => {
  expect(isRootOfAProcess(cache)).toBe(false)
})
