import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execFileAsync = promisify(execFile)

/**
 * CRIU refuses to work below a chroot ("No parent found for mountpoint"): the root must be the root of a mount
 * namespace, as it is in an instance. The image itself stays untouched: what is written goes to tmpfs.
 */
const ENTER = `
set -e
mount --bind -o ro "$1" "$1"
cd "$1"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
pivot_root . tmp
cd /
umount -l /tmp
shift
exec "$@"
`

/**
 * Runs a program with `root` as its root file system, in mount and PID namespaces of its own, and answers with all it
 * wrote. Rejects as `execFile` does.
 */
export const runInsideRoot = async (
  root: string,
  command: readonly [string, ...string[]],
): Promise<string> => {
  const { stdout, stderr } = await execFileAsync(
    // It ignores SIGTERM while it waits for what it runs.
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, 'sh', root, ...command],
    { timeout: 15_000, killSignal: 'SIGKILL' },
  )
  return stdout + stderr
}
