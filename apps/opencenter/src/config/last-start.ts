import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from './config.ts'

/** What must be the same when somebody else looks after the jobs of a crashed OpCenter: its workers dial what they were told. */
const lastStartSchema = z.object({
  listen: z.object({ host: z.string(), port: z.int() }),
  workerPort: z.int(),
  gateway: z.object({
    host: z.string(),
    ports: z.object({ first: z.int(), last: z.int() }).exactOptional(),
  }),
  cacheDir: z.string(),
  logLevel: z.string(),
  local: z.object({
    defaultNoticeSeconds: z.number().exactOptional(),
    meanTimeToReclaimSeconds: z.number().exactOptional(),
    seed: z.number().exactOptional(),
    overcommit: z.boolean().exactOptional(),
    swapGB: z.number().exactOptional(),
    capacity: z
      .object({ spot: z.number().exactOptional(), onDemand: z.number().exactOptional() })
      .exactOptional(),
  }),
})

const fileOf = (dataDir: string): string => join(dataDir, 'last-start.json')

/** Keeps how this OpCenter was started; never the password. */
export const rememberStart = async (config: Config): Promise<void> => {
  const { dataDir, adminPassword: _, ...kept } = config
  await writeFile(`${fileOf(dataDir)}.new`, JSON.stringify(kept), { mode: 0o600 })
  await rename(`${fileOf(dataDir)}.new`, fileOf(dataDir))
}

/** How the last OpCenter of this data directory was started; undefined when none ever was. */
export const lastStart = async (dataDir: string): Promise<Config | undefined> => {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : { dataDir, ...lastStartSchema.parse(JSON.parse(text)) }
}
