import { closeSync, constants, openSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { command } from './command.ts'
import { waitUntil } from './wait.ts'

/** `/dev/loopN`, bound to the file; the one it already has if it is bound. Two on one file would destroy it. */
export const bindLoop = async (file: string): Promise<string> =>
  (await command('losetup', ['--find', '--show', '--nooverlap', file])).trim()

/**
 * Takes a loop device off its file. Answers false, and changes nothing, while anybody has it mounted or claimed: a
 * mounted file system holds its device exclusively, in whichever mount namespace it is.
 */
export const tryReleaseLoop = async (device: string, file: string): Promise<boolean> => {
  if ((await backingFile(device)) !== file) return true
  const claim = claimDevice(device)
  if (claim === undefined) return false
  try {
    // With our claim still held nobody can mount it now; the kernel lets go of the file when the last user closes.
    await command('losetup', ['--detach', device])
  } finally {
    closeSync(claim)
  }
  await waitUntil(async () => (await backingFile(device)) !== file, 10_000, `${device} is free`)
  return true
}

/** The same, waiting for the kernel to finish the unmounts of processes that have just ended. */
export const releaseLoop = (device: string, file: string): Promise<void> =>
  waitUntil(() => tryReleaseLoop(device, file), 60_000, `${device} is unmounted`)

/** All loop devices whose file lies below `directory`. */
export const loopsBelow = async (directory: string): Promise<{ device: string; file: string }[]> => {
  const devices = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'))
  const loops = await Promise.all(
    devices.map(async (name) => ({ device: `/dev/${name}`, file: await backingFile(`/dev/${name}`) })),
  )
  return loops.flatMap(({ device, file }) => (file?.startsWith(`${directory}/`) ? [{ device, file }] : []))
}

const backingFile = async (device: string): Promise<string | undefined> => {
  const path = `/sys/block/${device.replace('/dev/', '')}/loop/backing_file`
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text?.trim().replace(/ \(deleted\)$/, '')
}

const claimDevice = (device: string): number | undefined => {
  try {
    return openSync(device, constants.O_RDONLY | constants.O_EXCL)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBUSY') return undefined
    throw error
  }
}
