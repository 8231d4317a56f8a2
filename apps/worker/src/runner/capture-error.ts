import { statfs } from 'node:fs/promises'
import { exec } from '../system/exec.ts'

const MIB = 1024 ** 2
const FULL = /no space left on device/i
const RUNS_ON = 'The checkpoint failed, the program runs on: '

/** What a person is told of a capture that failed: a full disk is named, with what to do about it. */
export const captureFailure = async (error: unknown, volumes: readonly Volume[]): Promise<Error> => {
  const said = error instanceof Error ? error.message : String(error)
  if (!FULL.test(said)) return error instanceof Error ? error : new Error(said)
  // Images and logs lie on the job's own volume; only a path says otherwise.
  const volume = volumes.find(({ path }, index) => index > 0 && said.includes(`${path}/`)) ?? volumes[0]!
  const { free, size } = await roomOf(volume)
  const disk = volume.mountPoint ? `the data volume ${volume.mountPoint}` : 'the disk of the job'
  const advice =
    'delete files of the program there, or let it write to a data volume, and a checkpoint will work'
  const words = `${RUNS_ON}${disk} is full (${mib(free)} of ${mib(size)} MiB free): ${advice}.\n${said.replace(RUNS_ON, '')}`
  return new Error(words, { cause: error })
}

type Volume = { readonly path: string; readonly mountPoint: string }

const roomOf = async ({ path }: Volume): Promise<{ free: number; size: number }> => {
  // What the broken-off checkpoint took is given back by the next commit of the file system.
  await exec('sync', ['-f', path]).catch(() => undefined)
  const { bavail, blocks, bsize } = await statfs(path)
  return { free: bavail * bsize, size: blocks * bsize }
}

const mib = (bytes: number): number => Math.floor(bytes / MIB)
