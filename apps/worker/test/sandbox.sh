#!/bin/sh
# An instance in small: sandbox.sh NAME DIRECTORY SYSTEM NODE IMAGES MEMORY (bytes).
set -eu
# In every hierarchy a group of its own: CRIU saves the whole tree below the group that a program is in.
name=$1 dir=$2 system=$3 node=$4 images=$5 memory=$6
for at in /sys/fs/cgroup/*/; do
  at=${at%/}
  mkdir -p "$at/$name"
  if [ -e "$at/cpuset.cpus" ]; then cat "$at/cpuset.cpus" > "$at/$name/cpuset.cpus"; cat "$at/cpuset.mems" > "$at/$name/cpuset.mems"; fi
  echo $$ > "$at/$name/cgroup.procs"
done
echo "$memory" > "/sys/fs/cgroup/memory/$name/memory.limit_in_bytes"
# No swap, whatever the machine has: a program that outgrows its memory ends at once.
both=/sys/fs/cgroup/memory/$name/memory.memsw.limit_in_bytes
if [ -e "$both" ]; then echo "$memory" > "$both"; fi
exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child /bin/sh -eu -c '
dir=$1 system=$2 node=$3 images=$4
mount --make-rprivate /
mkdir -p "$dir/upper" "$dir/work" "$dir/root"
mount -t overlay -o "lowerdir=$system,upperdir=$dir/upper,workdir=$dir/work" overlay "$dir/root"
root=$dir/root
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
while IFS=: read -r _n controllers _p; do
  case $controllers in
    "") type=cgroup2 at=unified options=nosuid ;;
    name=*) type=cgroup at=${controllers#name=} options=none,$controllers ;;
    *) type=cgroup at=$controllers options=$controllers ;;
  esac
  mkdir -p "$root/sys/fs/cgroup/$at"
  mount -t "$type" -o "$options" cgroup "$root/sys/fs/cgroup/$at"
done < /proc/self/cgroup
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/btrfs-control "$root/dev/"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/mmcloud" "$root/opt/mmcloud" "$root/var/lib/mmcloud/images" "$root/.host"
cp "$dir"/worker.json "$root/run/mmcloud/"
cp "$dir"/worker.mjs "$dir"/shim.mjs "$dir"/float.mjs "$root/opt/mmcloud/"
number=0
while read -r disk; do
  cp -a "$disk" "$root/dev/disk$number"
  number=$((number + 1))
done < "$dir"/disks
mount --rbind "$images" "$root/var/lib/mmcloud/images"
touch "$root/usr/local/bin/node"
mount --bind "$node" "$root/usr/local/bin/node"
cd "$root"
pivot_root . .host
umount -l /.host
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root tini -g -- /bin/sh -c "while :; do node /opt/mmcloud/worker.mjs >> /var/log/mmworker.log 2>&1 || true; sleep 0.2; done"
' sandbox "$dir" "$system" "$node" "$images"
