import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '@mmcloud/domain'
import { z } from 'zod'
import type { Config } from '../config/config.ts'

const readySchema = z.object({
  address: z.string(),
  adminPassword: z.string().optional(),
  warnings: z.array(z.string()).readonly(),
})
const messageSchema = z.union([z.object({ ready: readySchema }), z.object({ failed: z.string() })])
export type Ready = Readonly<z.infer<typeof readySchema>>

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))

export const logFileOf = (dataDir: string): string => join(dataDir, 'opencenter.log')

/** Starts the OpCenter as a process of its own and returns when it is ready; fails with what it said. */
export const startDetached = async (config: Config): Promise<Ready> => {
  const { dataDir, listen, adminPassword } = config
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  const output = openSync(logFileOf(dataDir), 'a', 0o600)
  const args = ['start', '--data-dir', dataDir, '--listen', `${host}:${listen.port}`]
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    env: {
      ...process.env,
      ...(adminPassword === undefined ? {} : { OPCENTER_ADMIN_PASSWORD: adminPassword }),
    },
    cwd: '/',
  })
  closeSync(output)
  try {
    return await new Promise((resolve, reject) => {
      const failed = (message: string): void => reject(new UserError('internal', message))
      child.once('message', (raw) => {
        const message = messageSchema.parse(raw)
        if ('ready' in message) resolve(message.ready)
        else failed(message.failed)
      })
      child.once('error', (error) => failed(error.message))
      child.once('exit', (code) =>
        failed(`The OpCenter did not start (exit code ${code}); read ${logFileOf(dataDir)}`),
      )
    })
  } finally {
    if (child.connected) child.disconnect()
    child.unref()
  }
}
