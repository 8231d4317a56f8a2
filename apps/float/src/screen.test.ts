import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeOpenCenter } from '@mmcloud/client/fake-open-center'
import { grewTwice } from '@mmcloud/report/fake-stories'
import { answersOf } from '@mmcloud/report/fake-story'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleFloat } from '../build.ts'
import { JOB_ID } from './fake-world.ts'

let folder: string
let server: Awaited<ReturnType<typeof startFakeOpenCenter>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'float-screen-'))
  await bundleFloat(join(folder, 'float.mjs'))
  const story = grewTwice()
  const running = { ...story.job, status: 'Executing', category: 'running', endTime: undefined }
  const answers = answersOf(story)
  server = await startFakeOpenCenter(({ url }) => {
    const path = url.split('?')[0] ?? ''
    if (path.endsWith('/samples/stream'))
      return { body: `id: 1\ndata: ${JSON.stringify(story.usage)}\n\n`, after: 'stay' }
    if (path === `/api/v1/jobs/${JOB_ID}`) return { body: JSON.stringify(running) }
    return { body: JSON.stringify((answers[`GET ${path}`] as { body: unknown }).body) }
  })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'

/** `float top` on a terminal of its own, of which `script` keeps what is written; `then` acts once samples are drawn. */
const onTerminal = (env: Record<string, string>, then: (type: (keys: string) => void) => void) =>
  new Promise<{ code: number | null; written: string }>((resolve) => {
    const float = `stty cols 70 rows 30; exec ${process.execPath} ${join(folder, 'float.mjs')} top -j ${JOB_ID} -a 127.0.0.1:${server.port} -u admin -p pw`
    const child = spawn('script', ['--quiet', '--return', '--command', float, join(folder, 'typescript')], {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    })
    let written = ''
    let acted = false
    child.stdout.on('data', (data: Buffer) => {
      written += data.toString()
      if (acted || !written.includes('asked 1:4 cores, has')) return
      acted = true
      then((keys) => void child.stdin.write(keys))
    })
    child.on('close', (code) => resolve({ code, written }))
  })

test.each([
  ['q', 'q'],
  ['Ctrl-C', '\u0003'],
])('%s gives the terminal back, and leaves what was seen last', async (_, key) => {
  const { code, written } = await onTerminal({}, (type) => type(key))
  expect(code).toBe(0)
  expect(written.split(ENTER)).toHaveLength(2)
  const [before, after] = written.split(LEAVE)
  expect(before).toContain('\u001b[?25l')
  expect(before).toContain('\u001b[?25h')
  expect(after).toContain('flights-by-month')
  expect(written).not.toContain('Warning')
})

test('NO_COLOR is heard: nothing but the cursor is moved', async () => {
  const { written } = await onTerminal({ NO_COLOR: '1' }, (type) => type('q'))
  expect(written).toContain('flights-by-month')
  const codes = written.split('\u001b[').slice(1)
  expect(codes.filter((code) => /^\d*(;\d+)*m/.test(code))).toEqual([])
})
