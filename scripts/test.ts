import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkout } from './setup/places.ts'

type Count = { readonly passed: number; readonly failed: number }

const bin = (name: string): string => join(checkout, 'node_modules', '.bin', name)

/** Runs to the end, its words going straight to the person; answers with the exit status. */
const toTheEnd = (program: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: checkout, stdio: 'inherit' })
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })

/** A check counts as one: it passed or it failed. */
const check =
  (program: string, ...args: string[]) =>
  async (): Promise<Count> =>
    (await toTheEnd(program, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }

/** Each test counts; a run that ends badly without a failed test (a file that does not load, say) is one failure. */
const tests = (project: string) => async (): Promise<Count> => {
  const scratch = mkdtempSync(join(tmpdir(), 'mmcloud-test-results-'))
  const results = join(scratch, 'results.json')
  try {
    const status = await toTheEnd(process.execPath, [
      join(checkout, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--project=${project}`,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${results}`,
    ])
    const { numPassedTests = 0, numFailedTests = 0 } = readResults(results)
    return { passed: numPassedTests, failed: status === 0 ? numFailedTests : Math.max(numFailedTests, 1) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

const readResults = (file: string): { numPassedTests?: number; numFailedTests?: number } => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests?: number; numFailedTests?: number }
  } catch {
    return {}
  }
}

/** Cheap ones first; all are run, so that one look shows everything that is wrong. */
const stages: readonly (readonly [name: string, run: () => Promise<Count>])[] = [
  ['types', check(bin('tsc'), '--noEmit', '-p', 'tsconfig.json')],
  ['lint', check(bin('oxlint'), '--type-aware')],
  ['arrows between packages', check(process.execPath, 'scripts/check-arrows.ts')],
  ['format', check(bin('biome'), 'format', '.')],
  ['unit tests', tests('unit')],
  ['integration tests', tests('integration')],
  ['end-to-end tests', tests('e2e*')],
]

const total = { passed: 0, failed: 0 }
for (const [name, run] of stages) {
  const started = Date.now()
  process.stdout.write(`\n=== ${name}\n`)
  const { passed, failed } = await run()
  total.passed += passed
  total.failed += failed
  const took = Math.round((Date.now() - started) / 1000)
  process.stdout.write(`=== ${name}: ${failed === 0 ? 'passed' : `${failed} failed`} after ${took} s\n`)
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1
