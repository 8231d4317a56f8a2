import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Entrance } from './cgroup/cgroups.ts'

const BOOT_SCRIPT = fileURLToPath(new URL('../sandbox/boot.sh', import.meta.url))
/** A boot takes a tenth of a second; a machine under heavy load gets this long. */
const BOOT_LIMIT_MS = 30_000

export type SandboxPlan = {
  /** Made here, removed with the instance. */
  readonly directory: string
  readonly hostname: string
  readonly systemImage: string
  readonly imageStore: string
  readonly disk: string
  readonly entrance: Entrance
  /** Lines for `ip -batch`, run inside. */
  readonly networkCommands: string
  readonly address: string
  readonly userData: string
  /** Gives the namespace of `pid` its network device. */
  readonly plug: (pid: number) => Promise<void>
  /** Called when it ends, whyever. */
  readonly onExit: () => void
}

/** PID 1 of a sandbox as the machine numbers it; the start time tells it from a later process of that number. */
export type SandboxProcess = { readonly pid: number; readonly startTime: string }

/**
 * Boots a sandbox and returns when its user data is about to run. It is in a session of its own and nothing ties its
 * life to ours.
 */
export const bootSandbox = async (plan: SandboxPlan): Promise<SandboxProcess> => {
  await layOut(plan)
  const console = openSync(join(plan.directory, 'console.log'), 'a', 0o600)
  const child = spawn('sh', [BOOT_SCRIPT, 'enter', plan.directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', console],
  })
  closeSync(console)
  child.once('exit', plan.onExit)
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('the boot script was started without pipes')
  stdin.on('error', () => {})
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  const limit = setTimeout(() => child.kill('SIGKILL'), BOOT_LIMIT_MS)
  try {
    await once(child, 'spawn')
    await expectLine(lines, 'isolated', plan)
    const outer = child.pid
    if (outer === undefined) throw new Error('the sandbox has no process')
    await plan.plug(outer)
    const pid = await onlyChild(outer)
    stdin.end('plugged\n')
    await expectLine(lines, 'booting', plan)
    return { pid, startTime: (await processStat(pid))?.startTime ?? '' }
  } finally {
    clearTimeout(limit)
    child.unref()
  }
}

export const isAlive = async ({ pid, startTime }: SandboxProcess): Promise<boolean> => {
  const stat = await processStat(pid)
  return stat !== undefined && stat.startTime === startTime && stat.state !== 'Z'
}

/** The end of what the sandbox said, for the log of a cloud whose instance did not come up. */
export const consoleTail = async (directory: string): Promise<string> => {
  const text = await readFile(join(directory, 'console.log'), 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-5).join('\n')
}

const layOut = async (plan: SandboxPlan): Promise<void> => {
  const { directory, hostname, entrance } = plan
  await rm(directory, { recursive: true, force: true })
  for (const name of ['disk', 'lower', 'root'])
    await mkdir(join(directory, name), { recursive: true, mode: 0o700 })
  await symlink(await realpath(plan.systemImage), join(directory, 'image'))
  await symlink(await realpath(plan.imageStore), join(directory, 'images'))
  const files: Record<string, string> = {
    cgroups: `${entrance.join.join('\n')}\n`,
    leaf: entrance.leaf === undefined ? '' : `${entrance.leaf}\n`,
    device: `${plan.disk}\n`,
    network: plan.networkCommands,
    hostname: `${hostname}\n`,
    hosts: `127.0.0.1 localhost\n::1 localhost ip6-localhost\n${plan.address} ${hostname}\n`,
    'resolv.conf': await nameServers(),
  }
  for (const [name, text] of Object.entries(files))
    await writeFile(join(directory, name), text, { mode: 0o644 })
  await writeFile(join(directory, 'user-data'), plan.userData, { mode: 0o600 })
}

/** The machine's name servers, but for those on its loopback, which is not the sandbox's. */
const nameServers = async (): Promise<string> => {
  for (const file of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const text = await readFile(file, 'utf8').catch(() => '')
    const lines = text.split('\n').filter((line) => !/^\s*nameserver\s+(127\.|::1)/.test(line))
    if (lines.some((line) => line.startsWith('nameserver'))) return lines.join('\n')
  }
  return ''
}

const expectLine = async (
  lines: AsyncIterator<string>,
  expected: string,
  { directory }: SandboxPlan,
): Promise<void> => {
  const line = await lines.next()
  if (line.done || line.value !== expected)
    throw new Error(`the sandbox ended before it was ${expected}: ${await consoleTail(directory)}`)
}

/** `unshare --fork` has one child: PID 1 inside. */
const onlyChild = async (pid: number): Promise<number> => {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')
  if (children.length !== 1 || !children[0])
    throw new Error(`process ${pid} has ${children.length} children, not one`)
  return Number(children[0])
}

const processStat = async (pid: number): Promise<{ state: string; startTime: string } | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The name in parentheses may hold anything; fields are counted from behind it (state is the 3rd, start the 22nd).
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields ? { state: fields[0] ?? '', startTime: fields[19] ?? '' } : undefined
}
