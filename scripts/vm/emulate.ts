import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Runs the emulator below `root`; what it needs of this machine is seen only inside its own mount namespace. */
const ENTER = `
set -e
root=$1 base=$2 product=$3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/mnt"
mount -t tmpfs -o size=8g tmpfs "$root/var/tmp"
mkdir "$root/mnt/base" "$root/mnt/product"
mount --bind -o ro "$base" "$root/mnt/base"
mount --bind -o ro "$product" "$root/mnt/product"
exec chroot "$root" qemu-system-x86_64 \
  -accel tcg,thread=multi,tb-size=512 -cpu Haswell-noTSX -m 6G -smp 2 \
  -nographic -no-reboot -nic none \
  -kernel /mnt/base/vmlinuz -initrd /mnt/base/initrd \
  -append 'root=/dev/vda rw console=ttyS0 quiet mitigations=off panic=-1 systemd.show_status=no' \
  -drive file=/mnt/base/disk.img,if=virtio,format=raw,snapshot=on \
  -drive file=/mnt/product/disk.img,if=virtio,format=raw,snapshot=on
`

type Machine = {
  readonly emulatorRoot: string
  readonly base: string
  readonly product: string
  readonly timeoutMs: number
  readonly onLine: (line: string) => void
}

/** Boots the machine and answers when it has powered off; rejects when it did not within the time. */
export const emulate = (machine: Machine): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      'unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-c',
        ENTER,
        'sh',
        machine.emulatorRoot,
        machine.base,
        machine.product,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const end = () => child.kill('SIGKILL')
    process.on('exit', end)
    for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15 }))
      process.once(signal, () => process.exit(128 + number))
    let late = false
    const timer = setTimeout(() => {
      late = true
      end()
    }, machine.timeoutMs)
    createInterface({ input: child.stdout }).on('line', (line) => machine.onLine(line.replace(/\r$/, '')))
    child.on('error', reject)
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      process.off('exit', end)
      if (late)
        reject(
          new Error(`The emulated machine was not done after ${machine.timeoutMs / 1000} s and was ended.`),
        )
      else if (status === 0) resolve()
      else reject(new Error(`The emulator ended with ${signal ?? status}.`))
    })
  })
