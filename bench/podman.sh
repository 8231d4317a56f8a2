# The same program under plain podman: `container checkpoint --export` to an archive, `container restore --import` from it,
# on a volume of the same kind. Runs as PID 1 of mount and PID namespaces of its own: containers, monitors, mounts and
# loop device end with them. $1 is a folder of its own, $2 the system image (for its CRIU), $3 the OCI layout, $4 MEGABYTES.
set -eu
work=$1 system=$2 image=$3 megabytes=$4
store=$work/store volume=$work/volume cgroup=$(basename "$work")
exec >> "$store/console" 2>&1
trap 'touch "$store/failed"' EXIT
mkdir "$work/bin" "$work/net" "$volume"
cp "${0%/*}/ticker.py" "$work/ticker.py"
# What podman keeps outside its own two roots.
mount -t tmpfs tmpfs /run
# podman names an image after its path, and takes no capitals.
mkdir /run/system /run/image
mount --bind -o ro "$system" /run/system
mount --bind -o ro "$image" /run/image
mount -t tmpfs tmpfs /var/lib

truncate -s 64G "$work/disk"
mkfs.btrfs -q "$work/disk"
mount -o loop "$work/disk" "$volume"

# CRIU of the system image, by its own libraries: Debian 12's dies on current kernels.
cat > "$work/bin/criu" << END
#!/bin/sh
exec $(ls /run/system/lib64/ld-linux-* /run/system/usr/lib/ld-linux-* 2> /dev/null | head -n 1) \
  --library-path $(echo /run/system/usr/lib/*-linux-gnu) /run/system/usr/sbin/criu "\$@"
END
chmod +x "$work/bin/criu"
cat > "$work/containers.conf" << END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "runc"
tmp_dir = "/run/libpod"
[network]
network_config_dir = "$work/net"
END
cat > "$work/storage.conf" << END
[storage]
driver = "overlay"
graphroot = "$volume/storage"
runroot = "/run/storage"
END
export PATH="$work/bin:$PATH" CONTAINERS_CONF="$work/containers.conf" CONTAINERS_STORAGE_CONF="$work/storage.conf"

id=$(podman pull -q oci:/run/image:latest)
podman run -d --name job-0 --network none --cgroup-parent "/$cgroup" -v "$work/ticker.py:/ticker.py:ro" \
  -e "MEGABYTES=$megabytes" "$id" python3 /ticker.py
last_tick() { podman logs --tail 1 "$1"; }
until [ -n "$(last_tick job-0)" ]; do sleep 0.05; done
touch "$store/ready"
round=1
while :; do
  until [ -e "$store/go-$round" ]; do sleep 0.05; done
  before=job-$((round - 1)) after=job-$round
  podman container checkpoint --export "$volume/checkpoint.tar.zst" "$before"
  podman container restore --import "$volume/checkpoint.tar.zst" --name "$after"
  frozen=$(last_tick "$before")
  until now=$(last_tick "$after") && [ -n "$now" ] && [ "$now" != "$frozen" ]; do sleep 0.05; done
  { podman logs "$before"; podman logs "$after"; } | sort -un > "$store/ticks"
  podman rm "$before"
  rm "$volume/checkpoint.tar.zst"
  touch "$store/done-$round"
  round=$((round + 1))
done
