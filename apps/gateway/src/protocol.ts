import { z } from 'zod'

/** What the OpCenter tells its gateway over a socket in its data directory: `PUT /routes`, `GET /status`, `POST /stop`. */
export const routesSchema = z.array(
  z.object({
    port: z.int().min(1).max(65_535),
    upstream: z.object({ host: z.ipv4(), port: z.int().min(1).max(65_535) }).optional(),
    allowFrom: z.array(z.cidrv4()),
  }),
)

export const closedSchema = z.array(z.object({ port: z.int(), reason: z.string() }))

export const statusSchema = z.object({ pid: z.int() })

export const socketOf = (dataDir: string): string => `${dataDir}/gateway.sock`
