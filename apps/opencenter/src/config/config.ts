import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { invalidArgument, type PortRange } from '@mmcloud/domain'
import { z } from 'zod'

/** A number in the environment: absent and empty are the same. */
const number = (schema: z.ZodNumber) =>
  z
    .string()
    .optional()
    .transform((text) => (text === undefined || text.trim() === '' ? undefined : Number(text)))
    .pipe(schema.optional())

const environmentSchema = z.object({
  /** Password of `admin` at the first start; absent = one is made and printed once. Never kept in clear. */
  OPCENTER_ADMIN_PASSWORD: z.string().min(1).optional(),
  /** Where set-up has put images and data; shared by all OpCenters of the machine. */
  MMCLOUD_CACHE: z.string().default(''),
  /** `trace`, `debug`, `info`, `warn`, `error`. */
  OPCENTER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** Port on which workers dial, on the address that only this OpCenter's instances reach. */
  OPCENTER_WORKER_PORT: number(z.number().int().min(1).max(65_535)),
  /** Ports that gateways may open, `30000-30999`; absent = fifty from 20000 on. */
  OPCENTER_GATEWAY_PORTS: z.string().optional(),
  /** Local cloud: notice before a spot instance is taken by the market, seconds; 120 as AWS gives. */
  OPCENTER_LOCAL_NOTICE: number(z.number().nonnegative()),
  /** Local cloud: mean seconds until the market takes a spot instance; absent = never by itself. */
  OPCENTER_LOCAL_MEAN_RECLAIM: number(z.number().positive()),
  /** Local cloud: seed of prices and reclaims. */
  OPCENTER_LOCAL_SEED: number(z.number().int()),
  /** Local cloud: `true` offers types larger than this machine. */
  OPCENTER_LOCAL_OVERCOMMIT: z.stringbool().optional(),
  /** Local cloud: swap beyond an instance's memory, GB; a file of that size while the cloud runs. */
  OPCENTER_LOCAL_SWAP_GB: number(z.number().nonnegative()),
  /** Local cloud: at most so many spot instances at a time. */
  OPCENTER_LOCAL_SPOT_CAPACITY: number(z.number().int().nonnegative()),
  /** Local cloud: at most so many on-demand instances at a time. */
  OPCENTER_LOCAL_ON_DEMAND_CAPACITY: number(z.number().int().nonnegative()),
})

export type Config = {
  readonly dataDir: string
  readonly listen: { readonly host: string; readonly port: number }
  readonly workerPort: number
  readonly gateway: {
    /** Where people reach ports of gateways. */
    readonly host: string
    /** Absent = by the number of the local cloud. */
    readonly ports?: PortRange
  }
  readonly adminPassword?: string
  readonly cacheDir: string
  readonly logLevel: string
  readonly local: {
    readonly defaultNoticeSeconds?: number
    readonly meanTimeToReclaimSeconds?: number
    readonly seed?: number
    readonly overcommit?: boolean
    readonly swapGB?: number
    readonly capacity?: { readonly spot?: number; readonly onDemand?: number }
  }
}

const DEFAULT_CACHE = '/var/cache/mmcloud'
const DEFAULT_WORKER_PORT = 7443

/** Flags and environment of `opencenter start`, checked; a refusal names the variable or flag. */
export const readConfig = (
  flags: { readonly dataDir: string; readonly listen: string },
  environment: Readonly<Record<string, string | undefined>>,
): Config => {
  const parsed = environmentSchema.safeParse(environment)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalidArgument(`environment variable ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const env = parsed.data
  return {
    dataDir: resolve(flags.dataDir),
    listen: parseListen(flags.listen),
    gateway: {
      host: reachedAt(parseListen(flags.listen).host),
      ...given({ ports: readPorts(env.OPCENTER_GATEWAY_PORTS) }),
    },
    workerPort: env.OPCENTER_WORKER_PORT ?? DEFAULT_WORKER_PORT,
    ...given({ adminPassword: env.OPCENTER_ADMIN_PASSWORD }),
    cacheDir: resolve(env.MMCLOUD_CACHE || DEFAULT_CACHE),
    logLevel: env.OPCENTER_LOG_LEVEL,
    local: {
      ...given({
        defaultNoticeSeconds: env.OPCENTER_LOCAL_NOTICE,
        meanTimeToReclaimSeconds: env.OPCENTER_LOCAL_MEAN_RECLAIM,
        seed: env.OPCENTER_LOCAL_SEED,
        overcommit: env.OPCENTER_LOCAL_OVERCOMMIT,
        swapGB: env.OPCENTER_LOCAL_SWAP_GB,
      }),
      capacity: given({
        spot: env.OPCENTER_LOCAL_SPOT_CAPACITY,
        onDemand: env.OPCENTER_LOCAL_ON_DEMAND_CAPACITY,
      }),
    },
  }
}

/** `127.0.0.1:8443`, `[::1]:8443`, or `8443` for this machine alone. */
export const parseListen = (text: string): { host: string; port: number } => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  const host = bracketed ?? plain ?? '127.0.0.1'
  const known = bracketed === undefined ? isIP(host) === 4 || /^[A-Za-z0-9.-]+$/.test(host) : isIP(host) === 6
  if (digits === undefined || port < 1 || port > 65_535 || !known) {
    throw invalidArgument(`--listen: "${text}" is not ADDRESS:PORT, like 127.0.0.1:8443 or [::1]:8443`)
  }
  return { host, port }
}

const readPorts = (text: string | undefined): PortRange | undefined => {
  if (text === undefined || text.trim() === '') return undefined
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text.trim())?.map(Number) ?? []
  if (first === undefined || last === undefined || first < 1024 || last > 65_535 || first > last)
    throw invalidArgument(`environment variable OPCENTER_GATEWAY_PORTS: "${text}" is not like 30000-30999`)
  return { first, last }
}

/** Who listens on every address is told of by its first one that others reach. */
const reachedAt = (host: string): string => {
  if (host !== '0.0.0.0' && host !== '::') return host
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without what is undefined: an absent property stays absent. */
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>
