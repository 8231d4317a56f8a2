import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { removeRemains } from './remains.ts'

const DIRECTORY = '/run/mmcloud'

/** What the clouds of one machine must agree on: who has which subnet, and how the machine's settings were before. */
const registrySchema = z.object({
  clouds: z.record(z.string(), z.object({ cloudDir: z.string(), subnet: z.int() })),
  sysctls: z.record(z.string(), z.object({ before: z.string(), holders: z.array(z.string()) })),
})
type Registry = z.infer<typeof registrySchema>

/** Host-wide settings a cloud needs: forwarding between its network and the world, and large pipes for dumps. */
const SYSCTLS = { 'net.ipv4.ip_forward': 1, 'fs.pipe-max-size': 4 * 1024 * 1024 } as const

/**
 * Enters this cloud: gives it a subnet `10.213.N.0/24` (the one it had if that is free) and raises the settings.
 * `inHost` runs a program in the network namespace of the host.
 */
export const enterMachine = (
  name: string,
  cloudDir: string,
  wanted: number | undefined,
  inHost: RunInHost,
  log: Logger,
): Promise<{ subnet: number }> =>
  withRegistry(async (registry) => {
    await forgetVanished(registry, inHost, log)
    const taken = new Set(
      Object.entries(registry.clouds).map(([key, cloud]) => (key === name ? 0 : cloud.subnet)),
    )
    for (const subnet of await subnetsInUse(name, inHost)) taken.add(subnet)
    const candidates = [
      registry.clouds[name]?.subnet,
      wanted,
      ...Array.from({ length: 254 }, (_, n) => n + 1),
    ]
    const subnet = candidates.find((n) => n !== undefined && !taken.has(n))
    if (subnet === undefined) throw new Error('all 254 subnets 10.213.N.0/24 are taken on this machine')
    registry.clouds[name] = { cloudDir, subnet }
    for (const [key, least] of Object.entries(SYSCTLS)) await borrowSysctl(registry, name, key, least, inHost)
    return { subnet }
  })

/** Leaves: the last cloud to go puts the settings back to what they were. */
export const leaveMachine = (name: string, inHost: RunInHost): Promise<void> =>
  withRegistry((registry) => forget(registry, name, inHost))

export type RunInHost = (file: string, args: readonly string[], input?: string) => Promise<string>

const borrowSysctl = async (
  registry: Registry,
  name: string,
  key: string,
  least: number,
  inHost: RunInHost,
): Promise<void> => {
  const now = (await inHost('sysctl', ['-n', key])).trim()
  const entry = (registry.sysctls[key] ??= { before: now, holders: [] })
  if (!entry.holders.includes(name)) entry.holders.push(name)
  if (Number(now) < least) await inHost('sysctl', ['-qw', `${key}=${least}`])
}

const forget = async (registry: Registry, name: string, inHost: RunInHost): Promise<void> => {
  delete registry.clouds[name]
  for (const [key, entry] of Object.entries(registry.sysctls)) {
    entry.holders = entry.holders.filter((holder) => holder !== name)
    if (entry.holders.length > 0) continue
    await inHost('sysctl', ['-qw', `${key}=${entry.before}`])
    delete registry.sysctls[key]
  }
}

/**
 * A cloud whose directory was deleted will never come back to leave. One that still lives, or whose remains cannot be
 * removed, is kept for the next who enters.
 */
const forgetVanished = async (registry: Registry, inHost: RunInHost, log: Logger): Promise<void> => {
  for (const [name, { cloudDir }] of Object.entries(registry.clouds)) {
    if (existsSync(cloudDir)) continue
    const removed = await removeRemains(name, cloudDir, inHost).catch((error: unknown) => {
      log.warn({ err: error, cloud: name, cloudDir }, 'what a deleted cloud has left could not be removed')
      return false
    })
    if (removed) await forget(registry, name, inHost)
  }
}

/** Networks 10.213.N that somebody who is not in the registry has an address in. */
const subnetsInUse = async (name: string, inHost: RunInHost): Promise<number[]> => {
  const links = z
    .array(z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string().optional() })) }))
    .parse(JSON.parse(await inHost('ip', ['-j', '-4', 'addr', 'show'])))
  return links
    .filter(({ ifname }) => ifname !== name)
    .flatMap(({ addr_info }) => addr_info.map(({ local }) => /^10\.213\.(\d+)\./.exec(local ?? '')?.[1]))
    .flatMap((match) => (match === undefined ? [] : [Number(match)]))
}

const withRegistry = async <T>(work: (registry: Registry) => Promise<T>): Promise<T> => {
  await mkdir(DIRECTORY, { recursive: true, mode: 0o755 })
  const file = `${DIRECTORY}/registry.json`
  await using _lock = await lock(`${DIRECTORY}/lock`)
  const text = await readFile(file, 'utf8').catch(() => '{"clouds":{},"sysctls":{}}')
  const registry = registrySchema.parse(JSON.parse(text))
  try {
    return await work(registry)
  } finally {
    await writeFile(`${file}.new`, JSON.stringify(registry))
    await rename(`${file}.new`, file)
  }
}

/** An exclusive lock that the kernel frees when we die: flock(1) holds it for as long as our pipe is open. */
const lock = async (file: string): Promise<AsyncDisposable> => {
  const holder = spawn('flock', [file, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const exited = once(holder, 'exit')
  holder.stdin.write('.')
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), exited.then(() => false)])
  if (!locked) throw new Error(`${file} cannot be locked`)
  return {
    [Symbol.asyncDispose]: async () => {
      holder.stdin.end()
      await exited
    },
  }
}
