#!/bin/sh
# A job reads from an NFS server and appends to one of its files, keeps both open while it is moved, and ends right. The
# server is the emulated machine's own kernel, the client that of its instances. Like reclaim.sh, for a machine that has
# nothing but the checkout and its set-up.
set -eu
cd "$(dirname "$0")/../.."
. e2e/vm/lib.sh

share="$work/share"
mkdir -p "$share/in" "$share/out"
seq -f 'word%.0f' 5000 > "$share/in/words.txt"
modprobe nfsd
mountpoint -q /proc/fs/nfsd || mount -t nfsd nfsd /proc/fs/nfsd
exportfs -o rw,insecure,no_root_squash,no_subtree_check,fsid=0 "*:$share"
rpc.mountd -N 3
rpc.nfsd -N 3 4
# There was no server before this one: nobody has locks to claim back.
echo Y > /proc/fs/nfsd/v4_end_grace

cat > "$work/program.py" <<'PROGRAM'
#!/usr/bin/env python3
import errno, os, time
words = open("/in/words.txt")
out = open("/out/log.txt", "a", buffering=1)
try:
    open("/in/mine", "w")
except OSError as error:
    assert error.errno == errno.EROFS, error
count = 0
while not os.path.exists("/out/stop"):
    count += 1
    out.write(f"line {count} {words.readline().strip()}\n")
    time.sleep(0.5)
print("RESULT", count, flush=True)
PROGRAM
server=$(ip -4 -o addr show scope global | awk '{ split($4, at, "/"); print at[1]; exit }')
submit "$work/program.py" -c 1 -m 1 --dataVolume "[mode=r]nfs://$server/in:/in" --dataVolume "nfs://$server/out:/out"
await 'the program runs'
bin/float migrate -f -m 4 -j "$job"
await 'goes on, on'
before=$(wc -l < "$share/out/log.txt")
while [ "$(wc -l < "$share/out/log.txt")" -lt $((before + 5)) ]; do sleep 1; done
touch "$share/out/stop"
await_end
printed_last "RESULT $(wc -l < "$share/out/log.txt")"
awk '$0 != "line " NR " word" NR { print "wrong line: " $0; exit 1 }' "$share/out/log.txt"

exportfs -ua
rpc.nfsd 0
