# Runs as the user data of an instance: the floor below which no product of this kind can be. A container is saved with
# bare runc, its file system synced, and restored, on the same kind of volume; the gap in its output is what it stood still.
set -eu
store=/var/lib/mmcloud/images
exec >> "$store/console" 2>&1
trap 'touch "$store/failed"' EXIT
until device=$(ls /dev/loop[0-9]* 2>/dev/null); do sleep 0.05; done
mkfs.btrfs -q "$device"
mkdir -p /mnt/job
mount "$device" /mnt/job
cd /mnt/job
mkdir -p rootfs upper work
cp "$store/config.json" config.json
mount -t overlay overlay -o "lowerdir=$store/rootfs,upperdir=upper,workdir=work" rootfs
mkfifo /tmp/quiet
(cd / && exec sleep infinity > /tmp/quiet) &
runc run job < /tmp/quiet 2>&1 | cat >> "$store/ticks" &
ticks_after() { # waits until the program has printed a hundred lines more
  lines=$(wc -l < "$store/ticks")
  until [ "$(wc -l < "$store/ticks")" -gt $((lines + 100)) ]; do sleep 0.05; done
}
until [ -s "$store/ticks" ]; do sleep 0.05; done
for round in $(seq "$ROUNDS"); do
  ticks_after
  rm -rf checkpoint
  runc checkpoint --image-path checkpoint --work-path /tmp job
  sync -f /mnt/job
  runc restore --image-path checkpoint --work-path /tmp job < /tmp/quiet 2>&1 | cat >> "$store/ticks" &
  ticks_after
done
trap - EXIT
touch "$store/done"
exec sleep infinity
