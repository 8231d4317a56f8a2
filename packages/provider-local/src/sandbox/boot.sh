#!/bin/sh
# Boots one instance: boot.sh enter DIRECTORY, which holds what the daemon has laid out for it:
#   cgroups      groups to join, one a line          leaf        on cgroup v2: the leaf to move into
#   image        link to the system, read-only       images      link to the image store, read-write
#   device       loop device of the instance's disk  network     lines for ip -batch
#   hostname, hosts, resolv.conf, user-data          disk/ lower/ root/   empty, to mount on
# Says `isolated` once it has its namespaces, waits for a line (its network is plugged in), says `booting` last.
set -eu
# The daemon keeps its own files to itself; a system has files for all its users.
umask 022
phase=$1
dir=$2

case $phase in
  enter)
    while read -r group; do echo 0 > "$group/cgroup.procs"; done < "$dir/cgroups"
    # From here on the groups just joined are the roots of what it sees.
    exec unshare --cgroup sh "$0" isolate "$dir"
    ;;
  isolate)
    if [ -s "$dir/leaf" ]; then
      read -r leaf < "$dir/leaf"
      echo 0 > "$leaf/cgroup.procs"
      for controller in $(cat "$leaf/../cgroup.controllers"); do
        echo "+$controller" > "$leaf/../cgroup.subtree_control" || true
      done
    fi
    exec unshare --net --mount --uts --ipc --pid --fork --kill-child sh "$0" boot "$dir"
    ;;
esac

cd "$dir"
echo isolated
read -r _plugged
ip -batch network
read -r name < hostname
hostname "$name"

# The instance's disk over the system.
read -r device < device
mount -t ext4 "$device" disk
mkdir -p disk/upper disk/work
mount --bind image/ lower
mount -t overlay -o lowerdir=lower,upperdir=disk/upper,workdir=disk/work overlay root

mount -t proc -o nosuid,nodev,noexec proc root/proc
mount -t sysfs -o nosuid,nodev,noexec sysfs root/sys
mount -t tmpfs -o nosuid,mode=755,size=1m dev root/dev
mkdir root/dev/pts root/dev/shm root/dev/mqueue
mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620 devpts root/dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 shm root/dev/shm
mount -t mqueue mqueue root/dev/mqueue
mount -t tmpfs -o nosuid,nodev,mode=755 run root/run
# No kernel messages: they are the machine's, not the instance's.
set -- /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
for node in /dev/fuse /dev/btrfs-control /dev/userfaultfd; do
  [ ! -c "$node" ] || set -- "$@" "$node"
done
cp -a "$@" root/dev/
[ ! -c /dev/net/tun ] || { mkdir root/dev/net && cp -a /dev/net/tun root/dev/net/; }
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd
ln -s /proc/self/fd/0 root/dev/stdin
ln -s /proc/self/fd/1 root/dev/stdout
ln -s /proc/self/fd/2 root/dev/stderr

# Its own part of each control group hierarchy, and nothing above.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 -o nosuid,nodev,noexec cgroup root/sys/fs/cgroup
else
  mount -t tmpfs -o nosuid,nodev,noexec,mode=755 cgroup root/sys/fs/cgroup
  while IFS=: read -r _number controllers _path; do
    case $controllers in
      '') type=cgroup2 options=nosuid at=unified ;;
      name=*) type=cgroup options=none,$controllers at=${controllers#name=} ;;
      *) type=cgroup options=$controllers at=$controllers ;;
    esac
    mkdir "root/sys/fs/cgroup/$at"
    mount -t "$type" -o "$options" cgroup "root/sys/fs/cgroup/$at"
  done < root/proc/self/cgroup
fi

mkdir -p root/var/lib/mmcloud/images root/var/lib/cloud/instance root/.host
mount --bind images/ root/var/lib/mmcloud/images
rm -f root/etc/resolv.conf
install -m 644 hostname hosts resolv.conf root/etc/
cp user-data root/var/lib/cloud/instance/user-data.txt
rm user-data

cd root
echo booting
exec < dev/null >&2
pivot_root . .host
cd /
umount -l /.host
rmdir /.host
# What is the machine’s alone: its modules, ports, power and messages. Of the rest a worker needs nearly all, the clock
# included: CRIU restores time namespaces.
exec setpriv --bounding-set -sys_module,-sys_rawio,-sys_boot,-syslog,-mac_admin,-mac_override,-audit_control,-audit_read,-wake_alarm,-block_suspend,-sys_pacct \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
  /usr/bin/tini -g -- /bin/sh /var/lib/cloud/instance/user-data.txt
