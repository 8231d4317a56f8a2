import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS } from './commands/index.ts'
import { referencePage } from './reference.ts'

test('docs/reference.md is what the commands say', () => {
  const page = readFileSync(new URL('../../../docs/reference.md', import.meta.url), 'utf8')
  expect(page, 'make it again: node scripts/write-reference.ts').toBe(referencePage(COMMANDS))
})
