import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { askState, askStop, serveControlSocket } from './control-socket.ts'

const STATE = { pid: 1, address: 'https://127.0.0.1:1', version: '1.2.3', fingerprint: 'AA', jobs: {} }

const inFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mmcloud-control-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('state and stop are answered, and where nobody is there is no state', async () => {
  const dataDir = inFolder()
  expect(await askState(dataDir)).toBeUndefined()
  const asked: boolean[] = []
  const control = await serveControlSocket(dataDir, {
    state: async () => STATE,
    stop: async (force) => {
      asked.push(force)
      return force ? { stopped: true } : { stopped: false, error: 'a job cannot be saved' }
    },
  })
  onTestFinished(() => control.close())
  expect(await askState(dataDir)).toEqual(STATE)
  await expect(askStop(dataDir, false)).rejects.toThrow('a job cannot be saved')
  await askStop(dataDir, true)
  expect(asked).toEqual([false, true])
})

test('one that stops has ended as soon as it has answered', { timeout: 2000 }, async () => {
  const dataDir = inFolder()
  let ended: Promise<void> | undefined
  const control = await serveControlSocket(dataDir, {
    state: async () => STATE,
    stop: async () => {
      ended = control.close()
      return { stopped: true }
    },
  })
  await askState(dataDir)
  await askStop(dataDir, false)
  await ended
})

test('one that is killed in the middle of its answer is nobody', async () => {
  const dataDir = inFolder()
  const dying = http.createServer((_request, response) => {
    response.write('{"pid":', () => response.destroy())
  })
  await new Promise<void>((listening) => dying.listen(join(dataDir, 'opencenter.sock'), listening))
  onTestFinished(() => new Promise<void>((closed) => dying.close(() => closed())))
  expect(await askState(dataDir)).toBeUndefined()
  await expect(askStop(dataDir, false)).rejects.toThrow('died before it had stopped')
})
