import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { InstanceNotFoundError } from '@mmcloud/engine'
import { expect, test, vi } from 'vitest'
import { openLocalCloud, signal } from './open-local-cloud.ts'

/** A program frozen as a checkpoint does it, in a group of its own; on cgroup v1 such a one takes no signal. */
const FREEZE = `
set -eu
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup/job file=cgroup.freeze word=1
else
  group=/sys/fs/cgroup/freezer/job file=freezer.state word=FROZEN
fi
mkdir $group
sleep infinity &
echo $! > $group/cgroup.procs
echo $word > $group/$file
touch /var/lib/mmcloud/images/frozen
exec sleep infinity
`

test('an instance whose program is frozen is taken all the same', async () => {
  await using cloud = await openLocalCloud()
  const { provider, request, imageStore } = cloud
  const asked = request({ userData: FREEZE })
  await provider.launch(asked, signal)
  await vi.waitFor(() => access(join(imageStore, 'frozen')), { timeout: 10_000 })
  await provider.terminate(asked.id, signal)
  await expect(provider.terminate(asked.id, signal)).rejects.toThrow(InstanceNotFoundError)
})
