#!/bin/sh
# Runs as root inside the emulated machine, once it is up. Each check prints "PASS name" or "FAIL name" on the console.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
export MMCLOUD_CACHE=/opt/mmcloud/cache
# The first disk has no room for a swap file of 4 GB.
export TMPDIR=/opt/mmcloud/tmp OPCENTER_DATA=/opt/mmcloud/opencenter
mkdir -p "$TMPDIR"
cd /opt/mmcloud/checkout || exit 1

report() {
  name=$1
  shift
  echo "--- $name"
  if "$@" </dev/null; then echo "PASS $name"; else echo "FAIL $name"; fi
}

echo "VM-UP kernel $(uname -r), cgroup $(stat -fc %T /sys/fs/cgroup), up for $(cut -d. -f1 /proc/uptime) s"
report "opencenter check: no row failed" bin/opencenter check
report "an OpCenter starts" sh e2e/vm/opencenter.sh start
report "a job with SQLite survives a reclaim" sh e2e/vm/reclaim.sh
report "a job works on an NFS server through a move" sh e2e/vm/nfs.sh
report "a job that outgrows its memory is moved to more" sh e2e/vm/outgrow.sh
report "the OpCenter stops, and its cloud" sh e2e/vm/opencenter.sh stop
echo "VM-DONE after $(cut -d. -f1 /proc/uptime) s"
