import { spawn } from 'node:child_process'
import type { World } from './world.ts'

/** What shows a page on this kind of desktop; nothing where there is none, as over ssh. */
export const desktopOpener = (platform: NodeJS.Platform, env: World['env']): Pick<World, 'openPage'> => {
  const program = openerOf(platform, env)
  if (!program) return {}
  return {
    openPage: (url) => {
      const child = spawn(program, [url], { detached: true, stdio: 'ignore' })
      // The address is printed; a desktop without such a program is no failure.
      child.once('error', () => undefined)
      child.unref()
    },
  }
}

/** None for Windows: what opens a page there is a shell that would read the address as a command. */
const openerOf = (platform: NodeJS.Platform, env: World['env']): string | undefined => {
  if (env['SSH_CONNECTION']) return undefined
  if (platform === 'darwin') return 'open'
  if (platform === 'linux' && (env['DISPLAY'] || env['WAYLAND_DISPLAY'])) return 'xdg-open'
  return undefined
}
