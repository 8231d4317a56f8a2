import { existsSync } from 'node:fs'
import { openCgroups } from './cgroup/cgroups.ts'
import { command } from './command.ts'
import { loopsBelow, tryReleaseLoop } from './loop.ts'
import type { RunInHost } from './machine-registry.ts'

/**
 * Takes off the machine what is left of a cloud that nobody can start again, since its directory was deleted. Answers
 * false, and touches nothing, as long as a process of it lives: the directory may only be out of our sight.
 */
export const removeRemains = async (name: string, cloudDir: string, inHost: RunInHost): Promise<boolean> => {
  const cgroups = openCgroups(name)
  for (const id of await cgroups.list()) if ((await cgroups.processes(id)).length > 0) return false
  const hasNetwork = existsSync(`/run/netns/${name}`)
  if (hasNetwork && (await command('ip', ['netns', 'pids', name])).trim() !== '') return false

  await cgroups.close()
  for (const { device, file } of await loopsBelow(cloudDir)) await tryReleaseLoop(device, file)
  await inHost('nft', ['-f', '-'], `table ip ${name}\ndelete table ip ${name}\n`)
  // It goes with the namespace too, but in the kernel's own time; there may be none.
  await inHost('ip', ['link', 'del', name]).catch(() => undefined)
  if (hasNetwork) await command('ip', ['netns', 'del', name])
  return true
}
