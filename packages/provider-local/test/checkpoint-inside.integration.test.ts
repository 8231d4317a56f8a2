import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newVolumeId } from '@mmcloud/domain'
import { expect, test, vi } from 'vitest'
import { openLocalCloud, signal } from './open-local-cloud.ts'

const WAIT_FOR_VOLUME = `
exec >> /var/lib/mmcloud/images/console 2>&1
set -eux
until device=$(ls /dev/loop[0-9]* 2>/dev/null); do sleep 0.02; done
store=/var/lib/mmcloud/images
trap 'touch $store/failed' EXIT
mkdir -p /mnt/job
mkfifo /tmp/quiet
`

/** A counter in a container with a memory limit of its own, saved once it has counted to 5. */
const SAVE = `${WAIT_FOR_VOLUME}
mkfs.btrfs -q "$device"
mount "$device" /mnt/job
cd /mnt/job
mkdir rootfs
cp -a /bin /lib /lib64 rootfs/
cp --parents -L /usr/bin/dash /usr/bin/sleep /usr/lib/x86_64-linux-gnu/libc.so.6 rootfs/
cp --parents -L /usr/lib64/ld-linux-x86-64.so.2 rootfs/
mv rootfs/usr/bin/dash rootfs/usr/bin/sh
runc spec
sed -i 's/"terminal": true/"terminal": false/; s/"readonly": true/"readonly": false/' config.json
sed -i 's|"resources": {|"resources": {"memory": {"limit": 67108864},|' config.json
sed -i 's|^\\t\\t\\t"sh"$|"sh", "-c", "i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.02; done"|' config.json
(cd / && exec sleep infinity > /tmp/quiet) &
runc run job < /tmp/quiet 2>&1 | cat > $store/output &
until [ "$(cat rootfs/count 2>/dev/null || echo 0)" -gt 5 ]; do sleep 0.02; done
runc checkpoint --image-path checkpoint job || { cat checkpoint/dump.log >&2; exit 1; }
cp rootfs/count $store/saved
cd /
until umount /mnt/job; do sleep 0.02; done
touch $store/released
trap - EXIT
exec sleep infinity
`

const GO_ON = `${WAIT_FOR_VOLUME}
mount "$device" /mnt/job
cd /mnt/job
from=$(cat rootfs/count)
(cd / && exec sleep infinity > /tmp/quiet) &
runc restore --image-path checkpoint --work-path /tmp job < /tmp/quiet 2>&1 | cat > $store/output &
until [ "$(cat rootfs/count)" -gt $((from + 5)) ]; do sleep 0.02; done
echo "$from" > $store/restored
trap - EXIT
exec sleep infinity
`

test('a container saved with CRIU in one instance goes on in another, on the same disk', async () => {
  await using cloud = await openLocalCloud()
  const { provider, request, imageStore } = cloud
  const [a, b] = [request({ userData: SAVE }), request({ userData: GO_ON })]
  const file = (name: string): Promise<string> => readFile(join(imageStore, name), 'utf8')
  const appears = async (name: string): Promise<string> => {
    const either = (): Promise<string> => file(name).catch(() => file('failed').then(() => 'failed'))
    const text = await vi.waitFor(either, { timeout: 60_000, interval: 50 })
    if (text === 'failed') throw new Error(await file('console'))
    return text
  }

  const volume = newVolumeId(randomInt)
  await provider.createVolume({ id: volume, sizeGB: 1, owner: 'test' }, signal)
  await provider.launch(a, signal)
  await provider.attachVolume(volume, a.id, signal)
  await appears('released')
  await provider.detachVolume(volume, signal)
  await provider.terminate(a.id, signal)
  await provider.launch(b, signal)
  await provider.attachVolume(volume, b.id, signal)
  expect(await appears('restored')).toBe(await file('saved'))
})

test('a program larger than the instance runs on in swap, within the instance', async () => {
  await using cloud = await openLocalCloud({ swapGB: 1 })
  const { provider, request, inside } = cloud
  // tail(1) keeps what has no end of line: 1200 MB in an instance of 1024.
  const asked = request({ userData: 'head -c 1200M /dev/zero | tail -n 1 | sleep infinity\n' })
  await provider.launch(asked, signal)
  const swapped = async (): Promise<number> => {
    const v1 = '/sys/fs/cgroup/memory/memory.stat'
    const v2 = '/sys/fs/cgroup/system/memory.swap.current'
    const text = await inside(
      asked.id,
      'sh',
      '-c',
      `cat ${v2} 2>/dev/null || sed -n 's/^total_swap //p' ${v1}`,
    )
    return Number(text)
  }
  await vi.waitFor(async () => expect(await swapped()).toBeGreaterThan(150 * 2 ** 20), { timeout: 60_000 })
  expect(await inside(asked.id, 'pgrep', 'tail')).not.toBe('')
})
