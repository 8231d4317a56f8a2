import { CommandError, exec } from '../system/exec.ts'
import { type ExportParams, nfsArguments } from './nfs-arguments.ts'

/** A server that does not answer is given up. */
const MOUNTED_WITHIN_SECONDS = 90

/** Mounts a directory of an NFS server; throws why it cannot be had. */
export const mountExport = async (mount: ExportParams, path: string): Promise<void> => {
  try {
    await exec('timeout', [String(MOUNTED_WITHIN_SECONDS), 'mount', ...nfsArguments(mount, path)])
  } catch (error) {
    const said = error instanceof CommandError ? error.message.replace(/^.*? failed: /, '') : String(error)
    const { host, path: exported, mountPoint } = mount
    throw new Error(`nfs://${host}${exported} could not be mounted at ${mountPoint}: ${said}`, {
      cause: error,
    })
  }
}
