import { globSync } from 'node:fs'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readContents } from '@mmcloud/opencenter/guide/contents'
import { freePort, Product, ShownOutput, waitFor } from '@mmcloud/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSteps, type Step } from './guide/read-steps.ts'
import { type Answer, Shell } from './guide/shell.ts'

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url))
const GUIDE = join(CHECKOUT, 'docs/guide')
const FLYTEKIT = join(process.env['MMCLOUD_CACHE'] || '/var/cache/mmcloud', 'clients/flyte')

const contents = readContents(await readFile(join(GUIDE, 'README.md'), 'utf8'))
const chapters = await Promise.all(
  (contents[0]?.links ?? []).map(async ({ href }) => ({
    name: href,
    steps: readSteps(await readFile(join(GUIDE, href), 'utf8')),
  })),
)

/** The first chapter starts it, as a reader would. */
let product: Product
let shown: ShownOutput
beforeAll(async () => {
  product = await Product.prepare()
  shown = new ShownOutput({
    '127.0.0.1:8443': product.address,
    '/var/lib/mmcloud': product.dataDir,
    // The agent's, which others of this machine may have.
    '8000': String(await freePort()),
    '9090': String(await freePort()),
  })
  await mkdir(join(product.dataDir, 'home'))
})
afterAll(() => product.destroy(), 120_000)

test.each(chapters)('a reader does what $name says, and sees what it shows', async ({ name, steps }) => {
  const folder = join(product.dataDir, 'reader', name)
  await mkdir(folder, { recursive: true })
  await symlink(CHECKOUT, join(folder, 'memory-machine-cloud'))
  const shell = new Shell(folder, {
    ...process.env,
    HOME: join(product.dataDir, 'home'),
    // flytekit leaves folders behind there.
    TMPDIR: product.dataDir,
    // Of what the reader has pip install, all but this project's own packages is there already.
    PYTHONPATH: FLYTEKIT,
    PATH: `${CHECKOUT}/bin:${process.env['PATH']}`,
  })
  try {
    for (const step of steps) await take(step, shell, folder)
  } finally {
    await shell.close()
  }
})

/** Everything that the guide has nobody run; a new one has to be written here too. */
test('what is not run is little, and says why', () => {
  const left = chapters.flatMap(({ name, steps }) =>
    steps.flatMap((step) => (step.do === 'leave' ? [`${name}: ${step.why}`] : [])),
  )
  const run = chapters.flatMap(({ steps }) => steps.filter((step) => step.do === 'run'))
  expect(left).toEqual([
    'install.md: set-up has been done before any test',
    'install.md: the password is asked for at a terminal',
    'templates.md: a registry outside this machine',
  ])
  expect(run.length).toBeGreaterThan(100)
})

/** A text is shown by a command that is run, or stands in one source file, but for its holes, `…`. */
test('every error that troubleshooting tells of is one that the product prints', async () => {
  const text = await readFile(join(GUIDE, 'troubleshooting.md'), 'utf8')
  const sources = await Promise.all(
    globSync(['{apps,packages}/*/src/**/*.ts', 'bin/*'], { cwd: CHECKOUT })
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => readFile(join(CHECKOUT, file), 'utf8')),
  )
  const shownLines = chapters.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.do === 'run' ? step.output : [])),
  )
  const told = [...text.matchAll(/^### `(.+)`$/gm)].map(([, words = '']) => words)
  expect(told.length).toBeGreaterThan(30)
  const unknown = told.filter(
    (words) =>
      ![...sources, ...shownLines].some((printed) =>
        words.split('…').every((part) => printed.includes(part.trim())),
      ),
  )
  expect(unknown).toEqual([])
})

const take = async (step: Step, shell: Shell, folder: string): Promise<void> => {
  if (step.do === 'leave') return
  if (step.do === 'save') {
    await mkdir(dirname(join(folder, step.file)), { recursive: true })
    return writeFile(join(folder, step.file), shown.inPlace(step.text))
  }
  const { command, output } = step
  const fails = output.some((line) => line.startsWith('Error: '))
  const ok = (answer: Answer): boolean =>
    (answer.code === 0) !== fails && (output.length === 0 || shown.matches(output, answer.output))
  await waitFor(`what the guide shows of "${command}"`, patienceFor(command), async () => {
    const answer = await shell.run(shown.inPlace(command))
    if (ok(answer)) return { done: true }
    return { notYet: `exit code ${answer.code}\n${answer.output}\nThe guide shows:\n${output.join('\n')}` }
  })
}

/** Who looks before it is there looks again, as the guide says; what changes something is done once. */
const patienceFor = (command: string): number => (LOOKS.test(command) ? 20_000 : 0)
const LOOKS =
  /^(float (show|list|squeue|hosts|sinfo|events|migrations|costs|top|df|ps|open|log (cat|ls|tail -[nj]))|curl)\b/
