import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

const lockFile = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'file-lock-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'lock')
}

test('one at a time, and each its turn, also after one that failed', async () => {
  const file = lockFile()
  let inside = 0
  const most: number[] = []
  const turns = Array.from({ length: 5 }, (_, at) =>
    withFileLock(file, 10_000, async () => {
      inside += 1
      most.push(inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
      if (at === 0) throw new Error('no')
      return at
    }),
  )
  const settled = await Promise.allSettled(turns)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', ...Array(4).fill('fulfilled')])
  expect(most).toEqual([1, 1, 1, 1, 1])
})

test('whoever has waited long enough goes on without it', async () => {
  const file = lockFile()
  const holding = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const first = withFileLock(file, 10_000, async () => {
    held.resolve()
    await holding.promise
  })
  await held.promise
  expect(await withFileLock(file, 100, async () => 'went on')).toBe('went on')
  holding.resolve()
  await first
})
