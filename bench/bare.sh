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
until [ -s "$store/ticks" ]; do sleep 0.05; done
touch "$store/ready"
round=1
while :; do
  until [ -e "$store/go-$round" ]; do sleep 0.05; done
  rm -rf checkpoint
  runc checkpoint --image-path checkpoint --work-path /tmp job
  sync -f /mnt/job
  lines=$(wc -l < "$store/ticks")
  runc restore --image-path checkpoint --work-path /tmp job < /tmp/quiet 2>&1 | cat >> "$store/ticks" &
  until [ "$(wc -l < "$store/ticks")" -gt $((lines + 100)) ]; do sleep 0.05; done
  touch "$store/done-$round"
  round=$((round + 1))
done
